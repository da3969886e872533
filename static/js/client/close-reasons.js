// @ts-check
/** The reasons for which a transport ends, each with the error that a person should see, if any. */

import { PulseError } from './errors.js';

/**
 * @typedef {object} CloseReason
 * @property {string} reason  'lost', 'silent', 'refused', 'dismissed' (204), or the reason in the server's `bye` frame:
 *     'shutdown', 'max-duration', 'slow', 'closed-by-admin', 'revoked'; in place of a stream 'limit', 'maintenance',
 *     'unavailable'
 * @property {PulseError | null} error  null for a routine end
 */

/**
 * The connection broke: no response, a cut, or an end without a `bye` frame.
 * @param {unknown} [cause]
 * @returns {CloseReason}
 */
export const lost = (cause) => ({
  reason: 'lost',
  error:
    cause instanceof PulseError
      ? cause
      : new PulseError('The server cannot be reached.', { code: 'LOST', cause }),
});

/**
 * Nothing arrived for so long that the connection must be dead, though it was never closed.
 * @param {number} milliseconds
 * @returns {CloseReason}
 */
export const silent = (milliseconds) => ({
  reason: 'silent',
  error: new PulseError(`Nothing came from the server for ${Math.round(milliseconds / 1000)} s.`, {
    code: 'SILENT',
  }),
});

/**
 * The server's response was a refusal.
 * @param {PulseError} error
 * @returns {CloseReason}
 */
export const refused = (error) => ({ reason: 'refused', error });

/**
 * 204 No Content in place of a stream, by which the standard forbids an EventSource to reconnect.
 * @type {CloseReason}
 */
export const dismissed = Object.freeze({ reason: 'dismissed', error: null });

/** @type {Record<string, {code: string, message: string} | null>} by the reason in the `bye` frame */
const SERVER_REASONS = {
  shutdown: null,
  'max-duration': null,
  slow: { code: 'SLOW', message: 'This page could not keep up, so the server closed its stream.' },
  'closed-by-admin': { code: 'CLOSED_BY_ADMIN', message: 'An administrator closed the live connection.' },
  revoked: { code: 'REVOKED', message: 'Your access has changed.' },
  limit: { code: 'TOO_MANY_STREAMS', message: 'Too many live connections are open already.' },
  maintenance: { code: 'MAINTENANCE', message: 'The server is being maintained.' },
  unavailable: { code: 'UNAVAILABLE', message: 'The server cannot send live data right now.' },
};

const UNKNOWN_REASON = new PulseError('The server ended the live connection.', { code: 'LOST' });

/**
 * The server ended the stream with a `bye` frame. A reason that this client does not know, of a later version, is
 * handled as a lost connection.
 * @param {unknown} reason
 * @returns {CloseReason}
 */
export function closedByServer(reason) {
  if (typeof reason !== 'string' || !Object.hasOwn(SERVER_REASONS, reason)) return lost(UNKNOWN_REASON);
  const known = SERVER_REASONS[reason];
  return { reason, error: known && new PulseError(known.message, { code: known.code }) };
}
