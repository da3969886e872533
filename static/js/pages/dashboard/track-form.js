// @ts-check
/** What a person typed into the track form, and what is wrong with it, in words. Pure. */

/**
 * @typedef {{data?: Record<string, unknown>, fault?: string}} ParsedData
 * @typedef {{eventType: string[], eventData: string[], form: string[]}} Faults
 */

/**
 * Reads the optional event data.
 * @param {string} text
 * @returns {ParsedData} nothing at all for an empty text
 */
export function parseEventData(text) {
  if (text.trim() === '') return {};
  try {
    const data = JSON.parse(text);
    if (data === null || typeof data !== 'object' || Array.isArray(data)) {
      return { fault: 'The data must be a JSON object, such as {"channelId": "general"}.' };
    }
    return { data };
  } catch (error) {
    return { fault: `This is not valid JSON: ${/** @type {Error} */ (error).message}.` };
  }
}

/**
 * Deals the server's messages out to the fields they are about; what is about none of them is about the form.
 * @param {{message: string, errors?: Record<string, string[]> | null}} error
 * @returns {Faults}
 */
export function faultsOf({ message, errors }) {
  /** @type {Faults} */
  const faults = { eventType: [], eventData: [], form: [] };
  for (const [path, messages] of Object.entries(errors ?? {})) {
    const [field, ...rest] = path.split('.');
    const words = messages.map((words) => sentence(words, rest));
    if (field === 'eventType' || field === 'eventData') faults[field].push(...words);
    else faults.form.push(...messages.map((words) => `${path}: ${words}`));
  }
  const dealtOut = faults.eventType.length + faults.eventData.length + faults.form.length > 0;
  return dealtOut ? faults : { ...faults, form: [message] };
}

/**
 * Names the place within the data, unless the words do.
 * @param {string} words
 * @param {string[]} path
 */
function sentence(words, path) {
  const place = path.join('.');
  return place === '' || words.includes(path[path.length - 1]) ? words : `${place}: ${words}`;
}
