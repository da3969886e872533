// @ts-check
/** The controls of the feed: pause and play with the number of waiting events, and the title that says what it shows. */

import { query, setText } from '../../ui/dom.js';

const NOTHING_YET = 'Nothing that fits has happened lately. What fits appears here the moment it is recorded.';
const NOTHING_THEN = 'Nothing that fits has happened in this time.';

export class FeedControls {
  #root;
  #pause;
  #pauseLabel;
  #waiting;
  #isPaused = false;

  /**
   * @param {HTMLElement} root
   * @param {object} use
   * @param {() => void} use.onPause
   * @param {() => void} use.onPlay
   */
  constructor(root, { onPause, onPlay }) {
    this.#root = root;
    this.#pause = query(root, '.feed-pause', HTMLButtonElement);
    this.#pauseLabel = query(root, '.feed-pause-words');
    this.#waiting = query(root, '.feed-waiting');
    this.#pause.addEventListener('click', () => {
      this.#showPaused(!this.#isPaused);
      if (this.#isPaused) onPause();
      else onPlay();
    });
  }

  /**
   * @param {string} name  "Live feed", or "Events" and of when
   * @param {boolean} isOpen  whether events still arrive, so that it can be paused
   */
  showTitle(name, isOpen) {
    setText(query(this.#root, '.feed-name'), name);
    this.#pause.hidden = !isOpen;
    setText(query(this.#root, '.feed-nothing'), isOpen ? NOTHING_YET : NOTHING_THEN);
  }

  /** @param {string} text  "· 431"; empty if it is not known */
  showCount(text) {
    setText(query(this.#root, '.feed-count'), text);
  }

  toggle() {
    if (!this.#pause.hidden) this.#pause.click();
  }

  /** @param {number} count */
  showWaiting(count) {
    this.#waiting.textContent = this.#isPaused ? `${count} new` : '';
  }

  /** @param {boolean} isPaused */
  #showPaused(isPaused) {
    this.#isPaused = isPaused;
    this.#pause.dataset.paused = String(isPaused);
    this.#pauseLabel.textContent = isPaused ? 'Play' : 'Pause';
    this.#waiting.textContent = isPaused ? '0 new' : '';
  }
}
