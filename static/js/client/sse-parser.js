// @ts-check
/**
 * An incremental parser of server-sent events, by the WHATWG HTML standard ("Interpreting an event stream"):
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */

// Only these three. U+2028 and U+0085 are ordinary text here, other than for most line splitters.
const LINE_END = /\r\n|\r|\n/g;
const DIGITS = /^[0-9]+$/;

/**
 * @typedef {object} SseFrame
 * @property {string} event  the `event:` field, "message" if absent
 * @property {string} data   the `data:` lines, joined by line feeds
 * @property {string} id     the last id seen on the stream up to and including this frame, "" if there was none
 */

export class SseParser {
  /** The last id of a complete frame; a frame cut off half-way does not move it. */
  lastEventId;

  #onFrame;
  #onRetry;
  #decoder = new TextDecoder('utf-8'); // drops one byte order mark at the start, as the standard demands
  #rest = ''; // the beginning of a line whose end has not arrived
  #endedInCarriageReturn = false;
  #event = '';
  /** @type {string[]} */
  #data = [];
  #id;

  /**
   * @param {object} receiver
   * @param {(frame: SseFrame) => void} receiver.onFrame
   * @param {(milliseconds: number) => void} [receiver.onRetry]  the server's `retry:` field
   * @param {string} [receiver.lastEventId]  the id of an earlier stream, so that frames without one keep it
   */
  constructor({ onFrame, onRetry = () => {}, lastEventId = '' }) {
    this.#onFrame = onFrame;
    this.#onRetry = onRetry;
    this.#id = this.lastEventId = lastEventId;
  }

  /**
   * Parses the next bytes, which may be cut anywhere: inside a character, a line end or a frame.
   * @param {Uint8Array} bytes
   */
  push(bytes) {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (text === '') return;
    if (this.#endedInCarriageReturn && text.startsWith('\n')) text = text.slice(1);
    this.#endedInCarriageReturn = text.endsWith('\r');
    let start = 0;
    for (const end of text.matchAll(LINE_END)) {
      const line = this.#rest + text.slice(start, end.index);
      this.#rest = '';
      start = end.index + end[0].length;
      this.#parseLine(line);
    }
    this.#rest += text.slice(start);
  }

  /** @param {string} line */
  #parseLine(line) {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return; // a comment
    if (colon === -1) return this.#setField(line, '');
    const valueAt = line[colon + 1] === ' ' ? colon + 2 : colon + 1;
    this.#setField(line.slice(0, colon), line.slice(valueAt));
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  #setField(name, value) {
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#event = value;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'retry' && DIGITS.test(value)) this.#onRetry(Number(value));
  }

  #dispatch() {
    const frame = { event: this.#event || 'message', data: this.#data.join('\n'), id: this.#id };
    const hasData = this.#data.length > 0;
    this.lastEventId = this.#id;
    this.#event = '';
    this.#data = [];
    if (hasData) this.#onFrame(frame);
  }
}
