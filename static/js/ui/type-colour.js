// @ts-check
/** The colour of an event type, one of eight in the palette: the same for all types of a namespace, on every page. */

export const COLOUR_COUNT = 8;

/** Assigned by hand for the known namespaces, so that those seen side by side differ. */
const ASSIGNED = new Map([
  ['message', 0],
  ['thread', 0],
  ['reaction', 1],
  ['call', 2],
  ['task', 3],
  ['file', 4],
  ['channel', 5],
  ['orchestrator', 6],
  ['vp', 6],
  ['user', 7],
  ['search', 7],
]);

/**
 * @param {string} eventType  such as "message.sent"
 * @returns {number} the index in the palette: 0 to 7, as `data-hue` of the style sheets
 */
export function typeColour(eventType) {
  const namespace = eventType.split('.', 1)[0];
  return ASSIGNED.get(namespace) ?? hash(namespace) % COLOUR_COUNT;
}

/**
 * FNV-1a: spreads short, similar words well.
 * @param {string} text
 */
function hash(text) {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
