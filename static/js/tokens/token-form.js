// @ts-check
/** What the form for a new token says, and what the server says of it, dealt out to its fields. Pure. */

const DAY = 24 * 60 * 60 * 1000;

/**
 * @typedef {{name: string, scopes: string[], expiresAt?: string}} WantedToken
 * @typedef {{name: string[], scopes: string[], expiresAt: string[], form: string[]}} Faults
 */

/** @returns {Faults} */
export const noFaults = () => ({ name: [], scopes: [], expiresAt: [], form: [] });

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

/**
 * What is about no field of the form is about the form.
 * @param {{message: string, errors?: Record<string, string[]> | null}} error
 * @returns {Faults}
 */
export function faultsOf({ message, errors }) {
  const faults = noFaults();
  for (const [path, messages] of Object.entries(errors ?? {})) {
    const field = path.split('.')[0];
    if (field === 'name' || field === 'scopes' || field === 'expiresAt') faults[field].push(...messages);
    else faults.form.push(...messages.map((words) => `${path}: ${words}`));
  }
  const areDealtOut = Object.values(faults).some((messages) => messages.length > 0);
  return areDealtOut ? faults : { ...faults, form: [message] };
}
