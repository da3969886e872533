// @ts-check
/** What a card says of a figure that is older than the others, calmly. Pure. */

/**
 * @param {number | null | undefined} age  seconds; null: it was never known; undefined: it is of this moment
 */
export function staleWords(age) {
  if (age === undefined) return '';
  if (age === null) return 'not known yet';
  if (age < 100) return `as of ${Math.max(1, Math.round(age))} s ago`;
  return `as of ${Math.round(age / 60)} min ago`;
}
