// @ts-check
/** The dialog to track an event by hand: type, data, and the errors of the server beside their fields. */

import { field, query } from '../../ui/dom.js';

/**
 * @import {TrackedEvent} from '../../client/api.js'
 * @import {PulseError} from '../../client/errors.js'
 * @import {EventTypeInfo} from './page-data.js'
 */

/** Milliseconds after which the dialog says why it takes so long. */
const SLOW_AFTER = 2000;
const STORED_TEXT = 'The server cannot be reached. The event is kept, and recorded as soon as the server is there again.';
const CUSTOM_TYPE_TEXT = 'Two to four lower-case words with dots between them.';

export class TrackDialog {
  #dialog;
  #form;
  #type;
  #data;
  #submitButton;
  #known;
  #track;
  #onTracked;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {object} use
   * @param {EventTypeInfo[]} use.eventTypes
   * @param {(type: string, data?: Record<string, unknown>) => Promise<TrackedEvent>} use.track
   * @param {(tracked: TrackedEvent) => void} use.onTracked
   */
  constructor(dialog, { eventTypes, track, onTracked }) {
    this.#dialog = dialog;
    this.#form = query(dialog, 'form', HTMLFormElement);
    this.#type = field(this.#form, 'eventType');
    this.#data = field(this.#form, 'eventData', HTMLTextAreaElement);
    this.#submitButton = query(dialog, '[type="submit"]', HTMLButtonElement);
    this.#known = new Map(eventTypes.map((type) => [type.name, type]));
    this.#track = track;
    this.#onTracked = onTracked;
    this.#suggest(eventTypes);
    this.#listen();
  }

  open() {
    this.#showErrors({ eventType: [], eventData: [], form: [] });
    this.#dialog.showModal();
    this.#type.select();
  }

  #listen() {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#type.addEventListener('input', () => this.#explain());
    query(this.#dialog, '.track-example').addEventListener('click', () => this.#useExample());
    query(this.#dialog, '.track-close').addEventListener('click', () => this.#dialog.close());
    query(this.#dialog, '.track-cancel').addEventListener('click', () => this.#dialog.close());
    this.#explain();
  }

  async #submit() {
    const { data, error } = parseEventData(this.#data.value);
    this.#showErrors({ eventType: [], eventData: error ? [error] : [], form: [] });
    if (error || this.#submitButton.ariaBusy === 'true') return;
    this.#submitButton.ariaBusy = 'true';
    const late = setTimeout(() => this.#showErrors({ eventType: [], eventData: [], form: [STORED_TEXT] }), SLOW_AFTER);
    try {
      const tracked = await this.#track(this.#type.value.trim(), data);
      this.#dialog.close();
      this.#onTracked(tracked);
    } catch (error) {
      this.#showErrors(formErrors(/** @type {PulseError} */ (error)));
    } finally {
      clearTimeout(late);
      this.#submitButton.ariaBusy = 'false';
    }
  }

  /** Shows the meaning of the type, and offers an example of its data. */
  #explain() {
    const known = this.#known.get(this.#type.value.trim());
    query(this.#dialog, '.track-meaning').textContent = known?.meaning ?? CUSTOM_TYPE_TEXT;
    query(this.#dialog, '.track-example').hidden = !known || Object.keys(known.example).length === 0;
  }

  #useExample() {
    const known = this.#known.get(this.#type.value.trim());
    this.#data.value = JSON.stringify(known?.example ?? {}, null, 2);
    this.#data.focus();
  }

  /** @param {EventTypeInfo[]} eventTypes */
  #suggest(eventTypes) {
    const options = eventTypes.map(({ name, meaning }) => {
      const option = document.createElement('option');
      option.value = name;
      option.label = meaning;
      return option;
    });
    query(this.#dialog, 'datalist').replaceChildren(...options);
  }

  /** @param {FormErrors} faults */
  #showErrors(faults) {
    for (const [field, messages] of Object.entries(faults)) {
      query(this.#dialog, `[data-faults="${field}"]`).textContent = messages.join('\n');
    }
    mark(this.#type, faults.eventType);
    mark(this.#data, faults.eventData);
    (faults.eventType.length > 0 ? this.#type : faults.eventData.length > 0 ? this.#data : null)?.focus();
  }
}

/**
 * @param {HTMLElement} field
 * @param {string[]} faults
 */
const mark = (field, faults) => (field.ariaInvalid = faults.length > 0 ? 'true' : 'false');

/**
 * @typedef {{data?: Record<string, unknown>, error?: string}} ParsedData
 * @typedef {{eventType: string[], eventData: string[], form: string[]}} FormErrors
 */

/**
 * Parses the optional event data. Pure.
 * @param {string} text
 * @returns {ParsedData} an empty object for an empty text
 */
export function parseEventData(text) {
  if (text.trim() === '') return {};
  try {
    const data = JSON.parse(text);
    if (data === null || typeof data !== 'object' || Array.isArray(data)) {
      return { error: 'The data must be a JSON object, such as {"channelId": "general"}.' };
    }
    return { data };
  } catch (error) {
    return { error: `This is not valid JSON: ${/** @type {Error} */ (error).message}.` };
  }
}

/**
 * Assigns the server's messages to the fields; what belongs to none of them is shown for the form. Pure.
 * @param {{message: string, errors?: Record<string, string[]> | null}} error
 * @returns {FormErrors}
 */
export function formErrors({ message, errors }) {
  /** @type {FormErrors} */
  const byField = { eventType: [], eventData: [], form: [] };
  for (const [path, messages] of Object.entries(errors ?? {})) {
    const [field, ...rest] = path.split('.');
    const located = messages.map((message) => withPath(message, rest));
    if (field === 'eventType' || field === 'eventData') byField[field].push(...located);
    else byField.form.push(...messages.map((message) => `${path}: ${message}`));
  }
  const isAssigned = byField.eventType.length + byField.eventData.length + byField.form.length > 0;
  return isAssigned ? byField : { ...byField, form: [message] };
}

/**
 * Prefixes the path within the data, unless the message contains it.
 * @param {string} message
 * @param {string[]} path
 */
function withPath(message, path) {
  const place = path.join('.');
  return place === '' || message.includes(path[path.length - 1]) ? message : `${place}: ${message}`;
}
