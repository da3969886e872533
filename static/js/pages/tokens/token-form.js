// @ts-check
/** What the form for a new token says, and what the server says of it, dealt out to its fields. Pure. */

import { dealtOut } from '../admin/faults.js';

const DAY = 24 * 60 * 60 * 1000;

export const FIELDS = ['name', 'scopes', 'expiresAt'];

/** @typedef {{name: string, scopes: string[], expiresAt?: string}} WantedToken */

/**
 * @param {FormData} form
 * @param {number} now
 * @returns {WantedToken}
 */
export function wantedToken(form, now) {
  const expiresAt = expiryOf(String(form.get('lifetime')), now);
  const wanted = { name: String(form.get('name') ?? ''), scopes: form.getAll('scopes').map(String) };
  return expiresAt === null ? wanted : { ...wanted, expiresAt: new Date(expiresAt).toISOString() };
}

/**
 * @param {string} lifetime  days, or "never"
 * @param {number} now
 * @returns {number | null} milliseconds since 1970; null for a token without an end
 */
export const expiryOf = (lifetime, now) => (lifetime === 'never' ? null : now + Number(lifetime) * DAY);

/** @param {{message: string, errors?: Record<string, string[]> | null}} error */
export const faultsOf = (error) => dealtOut(error, FIELDS);
