// @ts-check
/** What is said of who is here, and of the liveliest channels and people. Pure. */

/**
 * @typedef {{key: string, count: number, name?: string | null}} Part
 *
 * @typedef {object} PresenceData
 * @property {Array<{userId: string, name: string}>} online  the latest first
 * @property {number} onlineUsers  how many are; not all need be in `online`
 * @property {Part[] | null} channels  null where too much happened to be ranked
 * @property {Part[] | null} people
 *
 * @typedef {{name: string, count: number | null}} Row  a row of words has no count
 */

const NAMED = 8;
const SHORT_ID = 8;
const NOTHING = { channels: 'No messages yet', people: 'Nobody yet' };
const TOO_MUCH = 'Too much has happened to rank it';

/**
 * "Online now: Mika, Olivia and 3 more"
 * @param {PresenceData} presence
 */
export function hereWords({ online, onlineUsers }) {
  if (onlineUsers === 0) return 'Nobody has been active in the last 5 minutes';
  const names = online.slice(0, NAMED).map(({ name }) => name);
  const more = onlineUsers - names.length;
  const last = more > 0 ? `${more} more` : names.pop();
  return `Online now: ${names.length ? `${names.join(', ')} and ${last}` : last}`;
}

/**
 * @param {PresenceData} presence
 * @param {'channels' | 'people'} of
 * @returns {Row[]}
 */
export function livelyRows(presence, of) {
  const parts = presence[of];
  if (parts === null) return [{ name: TOO_MUCH, count: null }];
  if (parts.length === 0) return [{ name: NOTHING[of], count: null }];
  return parts.map(({ key, name, count }) => ({
    name: of === 'channels' ? `#${key}` : (name ?? key.slice(0, SHORT_ID)),
    count,
  }));
}
