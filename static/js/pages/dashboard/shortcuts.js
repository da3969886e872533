// @ts-check
/** Single-key shortcuts for buttons: not while typing in a field, and only if they are switched on. */

import { closeOnBackdropClick, query } from '../../ui/dom.js';

const KEY = 'pulse-shortcuts';
const NON_TEXT_INPUTS = new Set(['checkbox', 'radio', 'button', 'submit']);

export class Shortcuts {
  #dialog;
  /** @type {Record<string, () => void>} */
  #actions;
  #storage;
  #isOn;

  /**
   * @param {HTMLDialogElement} dialog  lists them; with `.shortcuts-on`, a checkbox
   * @param {Record<string, () => void>} actions  by key
   * @param {Storage | null} storage  where the choice is stored
   */
  constructor(dialog, actions, storage) {
    this.#dialog = dialog;
    this.#actions = { ...actions, '?': () => this.open() };
    this.#storage = storage;
    this.#isOn = read(storage) !== 'off';
    const box = query(dialog, '.shortcuts-on', HTMLInputElement);
    box.checked = this.#isOn;
    box.addEventListener('change', () => this.#switch(box.checked));
    query(dialog, '.shortcuts-close').addEventListener('click', () => dialog.close());
    closeOnBackdropClick(dialog);
    document.addEventListener('keydown', (event) => this.#press(event));
  }

  open() {
    this.#dialog.showModal();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const action = this.#isOn ? this.#actions[event.key] : undefined;
    if (!action || event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTextField(event.target) || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    action();
  }

  /** @param {boolean} isOn */
  #switch(isOn) {
    this.#isOn = isOn;
    try {
      if (isOn) this.#storage?.removeItem(KEY);
      else this.#storage?.setItem(KEY, 'off');
    } catch {
      // Storage is full or denied: the choice lasts as long as the page.
    }
  }
}

/** @param {Storage | null} storage */
function read(storage) {
  try {
    return storage?.getItem(KEY);
  } catch {
    return null;
  }
}

/**
 * A field of a dialog that has just been closed has the focus until the next frame, but is not typed in.
 * @param {EventTarget | null} target
 */
function isTextField(target) {
  if (target instanceof Element && target.closest('dialog:not([open])')) return false;
  if (target instanceof HTMLInputElement) return !NON_TEXT_INPUTS.has(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
