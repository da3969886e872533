// @ts-check
/** Which of the palette's eight hues an event type wears: one for each namespace, the same on every page. */

export const HUES = 8;

/** The known namespaces are dealt out by hand, so that those seen side by side differ. */
const DEALT = new Map([
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
 * @returns {number} 0 to 7
 */
export function hueOf(eventType) {
  const namespace = eventType.split('.', 1)[0];
  return DEALT.get(namespace) ?? hash(namespace) % HUES;
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
