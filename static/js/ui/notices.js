// @ts-check
/** Notices at the foot of the window: a fault and the action against it, or a confirmation. */

import { createElement } from './dom.js';

const SHOWN_FOR = 5000; // milliseconds

/** @typedef {'good' | 'warn' | 'bad' | ''} Tone */

/**
 * @typedef {object} Notice
 * @property {Tone} tone
 * @property {string} text
 * @property {{label: string, href?: string, onPress?: () => void}} [action]  where to go about it, or what to do
 */

export class Notices {
  #root;
  /** @type {Map<string, {element: HTMLElement, text: string}>} */
  #shown = new Map();

  /** @param {HTMLElement} root  a polite live region */
  constructor(root) {
    this.#root = root;
  }

  /**
   * Shows a notice until `clear(name)`, in place of the one of that name; the same text again changes nothing.
   * @param {string} name
   * @param {Notice} notice
   */
  show(name, notice) {
    if (this.#shown.get(name)?.text === notice.text) return;
    this.clear(name);
    const element = draw(notice);
    this.#shown.set(name, { element, text: notice.text });
    this.#root.append(element);
  }

  /** @param {string} name */
  clear(name) {
    this.#shown.get(name)?.element.remove();
    this.#shown.delete(name);
  }

  /**
   * Shows a notice for a few seconds.
   * @param {Notice} notice
   */
  pass(notice) {
    const element = draw(notice);
    this.#root.append(element);
    setTimeout(() => element.remove(), SHOWN_FOR);
  }
}

/** @param {Notice} notice */
function draw({ tone, text, action }) {
  const element = createElement('div', 'notice');
  element.dataset.tone = tone;
  element.append(createElement('p', 'notice-text', text));
  if (action) element.append(drawAction(action));
  return element;
}

/** @param {NonNullable<Notice['action']>} action */
function drawAction({ label, href, onPress }) {
  if (href === undefined) return drawButton(label, onPress);
  const link = document.createElement('a');
  link.className = 'button button-main';
  link.textContent = label;
  link.href = href;
  return link;
}

/**
 * @param {string} label
 * @param {() => void} [onPress]
 */
function drawButton(label, onPress) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button button-main';
  button.textContent = label;
  if (onPress) button.addEventListener('click', onPress);
  return button;
}
