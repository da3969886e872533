// @ts-check
/** The dialog that tracks an event by hand: a type, its data, and the server's answer in words. */

import { faultsOf, parseEventData } from './track-form.js';

/**
 * @import {TrackedEvent} from '../../client/api.js'
 * @import {KnownType} from './page-data.js'
 * @import {Faults} from './track-form.js'
 */

/** Milliseconds after which somebody who waits wants to know why. */
const PATIENCE = 2000;
const KEPT = 'The server cannot be reached. The event is kept, and recorded as soon as the server is there again.';
const CUSTOM = 'Two to four lower-case words with dots between them.';

export class TrackDialog {
  #dialog;
  #form;
  #type;
  #data;
  #send;
  #known;
  #track;
  #onTracked;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {object} use
   * @param {KnownType[]} use.eventTypes
   * @param {(type: string, data?: Record<string, unknown>) => Promise<TrackedEvent>} use.track
   * @param {(tracked: TrackedEvent) => void} use.onTracked
   */
  constructor(dialog, { eventTypes, track, onTracked }) {
    this.#dialog = dialog;
    this.#form = /** @type {HTMLFormElement} */ (dialog.querySelector('form'));
    this.#type = /** @type {HTMLInputElement} */ (this.#form.elements.namedItem('eventType'));
    this.#data = /** @type {HTMLTextAreaElement} */ (this.#form.elements.namedItem('eventData'));
    this.#send = /** @type {HTMLButtonElement} */ (dialog.querySelector('[type="submit"]'));
    this.#known = new Map(eventTypes.map((type) => [type.name, type]));
    this.#track = track;
    this.#onTracked = onTracked;
    this.#suggest(eventTypes);
    this.#listen();
  }

  open() {
    this.#showFaults({ eventType: [], eventData: [], form: [] });
    this.#dialog.showModal();
    this.#type.select();
  }

  #listen() {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#type.addEventListener('input', () => this.#explain());
    this.#part('.track-example').addEventListener('click', () => this.#useExample());
    this.#part('.track-close').addEventListener('click', () => this.#dialog.close());
    this.#part('.track-cancel').addEventListener('click', () => this.#dialog.close());
    this.#explain();
  }

  async #submit() {
    const { data, fault } = parseEventData(this.#data.value);
    this.#showFaults({ eventType: [], eventData: fault ? [fault] : [], form: [] });
    if (fault || this.#send.ariaBusy === 'true') return;
    this.#send.ariaBusy = 'true';
    const late = setTimeout(() => this.#showFaults({ eventType: [], eventData: [], form: [KEPT] }), PATIENCE);
    try {
      const tracked = await this.#track(this.#type.value.trim(), data);
      this.#dialog.close();
      this.#onTracked(tracked);
    } catch (error) {
      this.#showFaults(faultsOf(/** @type {any} */ (error)));
    } finally {
      clearTimeout(late);
      this.#send.ariaBusy = 'false';
    }
  }

  /** Says what the type means, and shows what its data may look like. */
  #explain() {
    const known = this.#known.get(this.#type.value.trim());
    this.#part('.track-meaning').textContent = known?.meaning ?? CUSTOM;
    this.#part('.track-example').hidden = !known || Object.keys(known.example).length === 0;
  }

  #useExample() {
    const known = this.#known.get(this.#type.value.trim());
    this.#data.value = JSON.stringify(known?.example ?? {}, null, 2);
    this.#data.focus();
  }

  /** @param {KnownType[]} eventTypes */
  #suggest(eventTypes) {
    const options = eventTypes.map(({ name, meaning }) => {
      const option = document.createElement('option');
      option.value = name;
      option.label = meaning;
      return option;
    });
    this.#part('datalist').replaceChildren(...options);
  }

  /** @param {Faults} faults */
  #showFaults(faults) {
    for (const [field, messages] of Object.entries(faults)) {
      this.#part(`[data-faults="${field}"]`).textContent = messages.join('\n');
    }
    mark(this.#type, faults.eventType);
    mark(this.#data, faults.eventData);
    (faults.eventType.length > 0 ? this.#type : faults.eventData.length > 0 ? this.#data : null)?.focus();
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#dialog.querySelector(selector));
  }
}

/**
 * @param {HTMLElement} field
 * @param {string[]} faults
 */
const mark = (field, faults) => (field.ariaInvalid = faults.length > 0 ? 'true' : 'false');
