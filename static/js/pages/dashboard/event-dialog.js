// @ts-check
/** One event whole: what the row knows at once, the rest from the server, the data where the role allows it. */

/**
 * @import {AnalyticsEvent} from '../../client/options.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {FeedRow} from './feed-row.js'
 * @import {FeedSource, WholeEvent} from './feed-source.js'
 */

export class EventDialog {
  #dialog;
  #source;
  #describe;
  #clock;
  /** @type {AnalyticsEvent | null} */
  #event = null;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {object} use
   * @param {Pick<FeedSource, 'whole'>} use.source
   * @param {(event: AnalyticsEvent) => FeedRow} use.describe
   * @param {Clock} use.clock
   */
  constructor(dialog, { source, describe, clock }) {
    this.#dialog = dialog;
    this.#source = source;
    this.#describe = describe;
    this.#clock = clock;
    this.#part('.event-close').addEventListener('click', () => dialog.close());
    dialog.addEventListener('click', ({ target }) => target === dialog && dialog.close());
  }

  /** @param {AnalyticsEvent} event */
  async open(event) {
    this.#event = event;
    const row = this.#describe(event);
    this.#part('.chip').textContent = row.type;
    this.#part('.chip').dataset.hue = String(row.hue);
    this.#tell({ who: row.who, when: row.fullTime, id: event.eventId, seq: '…', session: '…', received: '…' });
    this.#showSender('');
    this.#showData('Asking the server …', null);
    this.#dialog.showModal();
    try {
      const whole = await this.#source.whole(event.eventId);
      if (this.#event === event) this.#showWhole(whole);
    } catch (error) {
      if (this.#event === event) this.#showTrouble(/** @type {Error} */ (error).message);
    }
  }

  /** @param {WholeEvent} whole */
  #showWhole({ seq, sessionId, receivedAt, eventData, address, userAgent }) {
    this.#showSender([address, userAgent].filter(Boolean).join(' · '));
    const received = this.#clock.full(receivedAt);
    this.#tell({ seq: String(seq), session: sessionId ?? 'none', received });
    const isEmpty = Object.keys(eventData).length === 0;
    this.#showData(isEmpty ? 'It carries no data.' : '', isEmpty ? null : JSON.stringify(eventData, null, 2));
  }

  /** Hardly any workspace has it kept. @param {string} text */
  #showSender(text) {
    const fact = this.#part('.event-sender');
    fact.textContent = text;
    for (const part of [fact, /** @type {HTMLElement} */ (fact.previousElementSibling)]) part.hidden = text === '';
  }

  /** @param {string} message */
  #showTrouble(message) {
    this.#tell({ seq: 'not told', session: 'not told', received: 'not told' });
    this.#showData(message, null);
  }

  /** @param {Record<string, string>} facts */
  #tell(facts) {
    for (const [name, text] of Object.entries(facts)) this.#part(`.event-${name}`).textContent = text;
  }

  /**
   * @param {string} note
   * @param {string | null} data
   */
  #showData(note, data) {
    this.#part('.event-note').textContent = note;
    this.#part('.event-data').hidden = data === null;
    this.#part('#event-json').textContent = data ?? '';
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#dialog.querySelector(selector));
  }
}
