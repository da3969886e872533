// @ts-check
/** Single keys that do what a button does: never while somebody types, and off for whoever does not want them. */

const KEY = 'pulse-shortcuts';
const NOT_TYPED_IN = new Set(['checkbox', 'radio', 'button', 'submit']);

export class Shortcuts {
  #dialog;
  /** @type {Record<string, () => void>} */
  #actions;
  #storage;
  #isOn;

  /**
   * @param {HTMLDialogElement} dialog  lists them; with `.shortcuts-on`, a checkbox
   * @param {Record<string, () => void>} actions  by key
   * @param {Storage | null} storage  where the choice is kept
   */
  constructor(dialog, actions, storage) {
    this.#dialog = dialog;
    this.#actions = { ...actions, '?': () => this.open() };
    this.#storage = storage;
    this.#isOn = read(storage) !== 'off';
    const box = /** @type {HTMLInputElement} */ (dialog.querySelector('.shortcuts-on'));
    box.checked = this.#isOn;
    box.addEventListener('change', () => this.#turn(box.checked));
    dialog.querySelector('.shortcuts-close')?.addEventListener('click', () => dialog.close());
    dialog.addEventListener('click', ({ target }) => target === dialog && dialog.close());
    document.addEventListener('keydown', (event) => this.#press(event));
  }

  open() {
    this.#dialog.showModal();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const action = this.#isOn ? this.#actions[event.key] : undefined;
    if (!action || event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTypedIn(event.target) || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    action();
  }

  /** @param {boolean} isOn */
  #turn(isOn) {
    this.#isOn = isOn;
    try {
      if (isOn) this.#storage?.removeItem(KEY);
      else this.#storage?.setItem(KEY, 'off');
    } catch {
      // Full or forbidden: the choice lasts as long as the page.
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
 * A field of a dialog that has just been closed keeps the focus until the next frame: nobody types in that.
 * @param {EventTarget | null} target
 */
function isTypedIn(target) {
  if (target instanceof Element && target.closest('dialog:not([open])')) return false;
  if (target instanceof HTMLInputElement) return !NOT_TYPED_IN.has(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
