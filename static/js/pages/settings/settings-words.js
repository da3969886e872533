// @ts-check
/** What the page of settings says: the time in a zone, what strict mode would refuse, which types were seen. Pure. */

/** @typedef {import('./settings-api.js').SeenType} SeenType */

/**
 * "It is 14:45 there now, Tuesday"; what it is of a zone that this browser does not know.
 * @param {string} timeZone
 * @param {number} now
 */
export function zoneWords(timeZone, now) {
  const day = 'Decides when “today” begins.';
  try {
    const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', weekday: 'long' });
    const parts = Object.fromEntries(time.formatToParts(now).map(({ type, value }) => [type, value]));
    return `${day} There it is ${parts.hour}:${parts.minute} now, ${parts.weekday}.`;
  } catch {
    return `${day} A name such as Europe/Berlin.`;
  }
}

/**
 * What would be refused from now on; nothing unless the workspace becomes strict.
 * @param {{wasStrict: boolean, isStrict: boolean, custom: SeenType[]}} change
 */
export function lossWords({ wasStrict, isStrict, custom }) {
  if (wasStrict || !isStrict || custom.length === 0) return '';
  const names = custom.slice(0, 3).map(({ eventType }) => eventType);
  const more = custom.length - names.length;
  const list = more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
  return `Seen in the last 7 days, and refused from then on: ${list}.`;
}

/**
 * @param {import('./settings-api.js').Types} types
 * @returns {{seen: SeenType[], unseen: string[]}} the most frequent first
 */
export function sorted({ known, custom }) {
  const seen = [...known, ...custom].filter(({ count }) => count > 0);
  seen.sort((one, other) => other.count - one.count || (one.eventType < other.eventType ? -1 : 1));
  return { seen, unseen: known.filter(({ count }) => count === 0).map(({ eventType }) => eventType) };
}
