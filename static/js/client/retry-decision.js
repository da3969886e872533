// @ts-check
/** Decides what a refused request means for its events: send again, send one by one, or reject. Pure. */

import { PulseError, fieldMessages } from './errors.js';

/**
 * @import {FieldErrors} from './errors.js'
 * @import {OutboxEntry} from './outbox-queue.js'
 */

/**
 * - `retry`: the same request again, later
 * - `one-by-one`: an event of the batch is refused, and the response does not say which
 * - `reject`: these events never succeed; the others go again
 *
 * @typedef {{kind: 'retry'} | {kind: 'one-by-one'}
 *   | {kind: 'reject', rejected: Array<[OutboxEntry, PulseError]>}} RetryDecision
 */

const RETRYABLE = new Set([408, 425, 429]);
const SENDER_STATUSES = new Set([401, 403, 404]); // about the sender: all events of the batch
const EVENT_FIELD = /^events\.([0-9]+)(?:\.(.+))?$/;

/**
 * @param {PulseError} error
 * @param {OutboxEntry[]} batch
 * @returns {RetryDecision}
 */
export function decideRetry(error, batch) {
  if (!isPermanent(error)) return { kind: 'retry' };
  if (batch.length === 1 || SENDER_STATUSES.has(error.status ?? 0))
    return { kind: 'reject', rejected: batch.map((entry) => [entry, error]) };
  const rejected = errorsByEntry(error, batch);
  return rejected.length > 0 ? { kind: 'reject', rejected } : { kind: 'one-by-one' };
}

/** @param {PulseError} error */
const isPermanent = ({ status }) => status !== null && status >= 400 && status < 500 && !RETRYABLE.has(status);

/**
 * @param {PulseError} error
 * @param {OutboxEntry[]} batch
 * @returns {Array<[OutboxEntry, PulseError]>}
 */
function errorsByEntry(error, batch) {
  /** @type {Map<OutboxEntry, FieldErrors>} */
  const fields = new Map();
  for (const [name, messages] of Object.entries(error.errors ?? {})) {
    const [, index, field = 'event'] = EVENT_FIELD.exec(name) ?? [];
    const entry = batch[Number(index)];
    if (entry) fields.set(entry, { ...fields.get(entry), [field]: messages });
  }
  return [...fields].map(([entry, errors]) => [entry, entryError(error, errors)]);
}

/**
 * @param {PulseError} error
 * @param {FieldErrors} errors
 */
const entryError = ({ code, status }, errors) =>
  new PulseError(fieldMessages(errors).join(' '), { code, status, errors });
