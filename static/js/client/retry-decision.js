// @ts-check
/** What a refusing answer means for the events that it refuses. Pure. */

import { PulseError } from './errors.js';

/**
 * @import {FieldErrors} from './errors.js'
 * @import {Entry} from './outbox-queue.js'
 */

/**
 * - `retry`: the same again, later
 * - `alone`: something is wrong with one of them, and it is not said with which: one by one
 * - `refused`: these never succeed; the others go again
 *
 * @typedef {{kind: 'retry'} | {kind: 'alone'} | {kind: 'refused', faults: Array<[Entry, PulseError]>}} Verdict
 */

const PASSING = new Set([408, 425, 429]);
const ABOUT_THE_SENDER = new Set([401, 403, 404]);
const OF_AN_EVENT = /^events\.([0-9]+)(?:\.(.+))?$/;

/**
 * @param {PulseError} error
 * @param {Entry[]} batch
 * @returns {Verdict}
 */
export function judge(error, batch) {
  if (!isLasting(error)) return { kind: 'retry' };
  if (batch.length === 1 || ABOUT_THE_SENDER.has(error.status ?? 0))
    return { kind: 'refused', faults: batch.map((entry) => [entry, error]) };
  const faults = faultsByEvent(error, batch);
  return faults.length > 0 ? { kind: 'refused', faults } : { kind: 'alone' };
}

/** @param {PulseError} error */
const isLasting = ({ status }) => status !== null && status >= 400 && status < 500 && !PASSING.has(status);

/**
 * @param {PulseError} error
 * @param {Entry[]} batch
 * @returns {Array<[Entry, PulseError]>}
 */
function faultsByEvent(error, batch) {
  /** @type {Map<Entry, FieldErrors>} */
  const fields = new Map();
  for (const [name, messages] of Object.entries(error.errors ?? {})) {
    const [, index, field = 'event'] = OF_AN_EVENT.exec(name) ?? [];
    const entry = batch[Number(index)];
    if (entry) fields.set(entry, { ...fields.get(entry), [field]: messages });
  }
  return [...fields].map(([entry, errors]) => [entry, oneEventsError(error, errors)]);
}

/**
 * @param {PulseError} error
 * @param {FieldErrors} errors
 */
function oneEventsError({ code, status }, errors) {
  const words = Object.entries(errors).map(([name, messages]) => `${name}: ${[messages].flat().join(' ')}`);
  return new PulseError(words.join(' '), { code, status, errors });
}
