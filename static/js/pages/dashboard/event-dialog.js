// @ts-check
/** The dialog of one event: first what its row shows, then the details from the server, as far as the role allows. */

import { closeOnBackdropClick, query } from '../../ui/dom.js';

/**
 * @import {AnalyticsEvent} from '../../client/options.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {FeedRow} from './feed-row.js'
 * @import {EventDetails, FeedSource} from './feed-source.js'
 */

export class EventDialog {
  #dialog;
  #source;
  #describe;
  #clock;
  #eventId = '';

  /**
   * @param {HTMLDialogElement} dialog
   * @param {object} use
   * @param {Pick<FeedSource, 'details'>} use.source
   * @param {(event: AnalyticsEvent) => FeedRow} use.describe
   * @param {Clock} use.clock
   * @param {() => void} use.onClose
   */
  constructor(dialog, { source, describe, clock, onClose }) {
    this.#dialog = dialog;
    this.#source = source;
    this.#describe = describe;
    this.#clock = clock;
    query(this.#dialog, '.event-close').addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', onClose);
    closeOnBackdropClick(dialog);
  }

  /**
   * @param {string} eventId
   * @param {AnalyticsEvent | null} event  null if the page does not have it, as from a link
   */
  async open(eventId, event) {
    this.#eventId = eventId;
    this.#showFacts({ who: '…', when: '…', id: eventId, seq: '…', session: '…', received: '…' });
    this.#showRow(event);
    this.#showSender('');
    this.#showData('Asking the server …', null);
    if (!this.#dialog.open) this.#dialog.showModal();
    try {
      const details = await this.#source.details(eventId);
      if (this.#eventId !== eventId) return;
      this.#showRow(details);
      this.#showDetails(details);
    } catch (error) {
      if (this.#eventId === eventId) this.#showError(/** @type {Error} */ (error).message);
    }
  }

  close() {
    this.#dialog.close();
  }

  /** @param {AnalyticsEvent | EventDetails | null} event */
  #showRow(event) {
    const row = event && this.#describe(/** @type {AnalyticsEvent} */ (event));
    query(this.#dialog, '.chip').textContent = row?.type ?? 'unknown';
    query(this.#dialog, '.chip').dataset.hue = String(row?.colour ?? 7);
    if (row) this.#showFacts({ who: row.who, when: row.fullTime });
  }

  /** @param {EventDetails} details */
  #showDetails({ seq, sessionId, receivedAt, eventData, address, userAgent }) {
    this.#showSender([address, userAgent].filter(Boolean).join(' · '));
    const received = this.#clock.full(receivedAt);
    this.#showFacts({ seq: String(seq), session: sessionId ?? 'none', received });
    const isEmpty = Object.keys(eventData).length === 0;
    this.#showData(isEmpty ? 'It carries no data.' : '', isEmpty ? null : JSON.stringify(eventData, null, 2));
  }

  /** Hidden if empty, as in most workspaces, which do not record it. @param {string} text */
  #showSender(text) {
    const fact = query(this.#dialog, '.event-sender');
    fact.textContent = text;
    for (const part of [fact, /** @type {HTMLElement} */ (fact.previousElementSibling)]) part.hidden = text === '';
  }

  /** @param {string} message */
  #showError(message) {
    this.#showFacts({ seq: 'not told', session: 'not told', received: 'not told' });
    this.#showData(message, null);
  }

  /** @param {Record<string, string>} facts */
  #showFacts(facts) {
    for (const [name, text] of Object.entries(facts)) query(this.#dialog, `.event-${name}`).textContent = text;
  }

  /**
   * @param {string} note
   * @param {string | null} data
   */
  #showData(note, data) {
    query(this.#dialog, '.event-note').textContent = note;
    query(this.#dialog, '.event-data').hidden = data === null;
    query(this.#dialog, '#event-json').textContent = data ?? '';
  }
}
