// @ts-check
/** What the server has against a form, dealt out to its fields, and shown beside them. */

/** @typedef {Record<string, string[]>} Faults  messages by field; "form" is what is about no field */

/** @param {readonly string[]} fields @returns {Faults} */
export const noFaults = (fields) => Object.fromEntries([...fields, 'form'].map((field) => [field, []]));

/**
 * What is about no field of the form is about the form.
 * @param {{message: string, errors?: Record<string, string[]> | null}} error
 * @param {readonly string[]} fields
 * @param {(field: string, place: string[], text: string) => string} [worded]  for what is about a part of a field
 * @returns {Faults}
 */
export function dealtOut({ message, errors }, fields, worded = (_field, _place, text) => text) {
  const faults = noFaults(fields);
  for (const [path, messages] of Object.entries(errors ?? {})) {
    const [field, ...place] = path.split('.');
    if (!fields.includes(field)) faults.form.push(...messages.map((text) => `${path}: ${text}`));
    else faults[field].push(...messages.map((text) => (place.length > 0 ? worded(field, place, text) : text)));
  }
  const areDealtOut = Object.values(faults).some((messages) => messages.length > 0);
  return areDealtOut ? faults : { ...faults, form: [message] };
}

/**
 * Shows them, and goes to the first field that has one.
 * @param {HTMLElement} form  with an element `[data-faults="field"]` for each
 * @param {Faults} faults
 * @param {(field: string) => HTMLElement} control  where to go for a field
 */
export function showFaults(form, faults, control) {
  let first = /** @type {HTMLElement | null} */ (null);
  for (const [field, messages] of Object.entries(faults)) {
    const place = /** @type {HTMLElement} */ (form.querySelector(`[data-faults="${field}"]`));
    place.textContent = messages.join('\n');
    const element = control(field);
    if (element.matches('.field-input')) element.ariaInvalid = String(messages.length > 0);
    if (messages.length > 0) first ??= element;
  }
  first?.focus();
}
