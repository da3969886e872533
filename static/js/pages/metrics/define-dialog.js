// @ts-check
/** The dialog that makes or changes a metric: the form, with as many conditions as are wanted. */

import { FormDialog } from '../admin/form-dialog.js';
import { FIELDS, definitionOf, faultsOf, writtenOf } from './metric-form.js';

/**
 * @typedef {import('./metric-api.js').Definition} Definition
 * @typedef {import('./metric-api.js').Metric} Metric
 * @typedef {import('./metric-form.js').WrittenCondition} WrittenCondition
 */

const MOST_CONDITIONS = 5;

export class DefineDialog {
  #dialog;
  #form;
  #rows;
  /** @type {FormDialog<Metric>} */
  #fields;
  /** @type {Metric | null} the one that is being changed */
  #metric = null;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {object} use
   * @param {(definition: Definition, changed: Metric | null) => Promise<Metric>} use.save
   * @param {(metric: Metric) => void} use.onSaved
   */
  constructor(dialog, { save, onSaved }) {
    this.#dialog = dialog;
    this.#form = /** @type {HTMLFormElement} */ (dialog.querySelector('form'));
    this.#rows = this.#part('.condition-rows');
    this.#fields = new FormDialog(dialog, {
      fields: FIELDS,
      faultsOf,
      save: (form) => save(definitionOf(form, this.#written()), this.#metric),
      onSaved,
    });
    this.#control('aggregate').addEventListener('change', () => this.#arrange());
    this.#part('.condition-add').addEventListener('click', () => {
      this.#addCondition({ field: '', op: 'gte', text: '' }).focus();
      this.#arrange();
    });
  }

  /** @param {Metric | null} metric  to be changed; null for a new one */
  open(metric) {
    this.#metric = metric;
    this.#fields.open(() => {
      this.#rows.replaceChildren();
      if (metric) this.#fillIn(metric);
      this.#control('name').readOnly = metric !== null;
      this.#part('h2').textContent = metric ? `Change ${metric.title || metric.name}` : 'New metric';
      this.#arrange();
    });
  }

  /** @param {Metric} metric */
  #fillIn(metric) {
    for (const name of /** @type {const} */ (['name', 'title', 'unit', 'aggregate', 'field'])) {
      this.#control(name).value = metric[name] ?? '';
    }
    this.#control('types').value = metric.types.join(', ');
    const radio = /** @type {HTMLInputElement} */ (this.#part(`[name="window"][value="${metric.window}"]`));
    radio.checked = true;
    for (const condition of metric.where) this.#addCondition(writtenOf(condition));
  }

  /** @param {WrittenCondition} written */
  #addCondition({ field, op, text }) {
    const template = /** @type {HTMLTemplateElement} */ (this.#dialog.querySelector('template'));
    const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    const row = /** @type {HTMLElement} */ (copy.firstElementChild);
    const [name, comparison, value] = controlsOf(row);
    [name.value, comparison.value, value.value] = [field, op, text];
    comparison.addEventListener('change', () => this.#arrange());
    row.querySelector('.condition-end')?.addEventListener('click', () => {
      row.remove();
      this.#arrange();
      this.#part('.condition-add').focus();
    });
    this.#rows.append(row);
    return name;
  }

  /** @returns {WrittenCondition[]} */
  #written() {
    return [...this.#rows.children].map((row) => {
      const [field, op, text] = controlsOf(row);
      return { field: field.value, op: op.value, text: text.value };
    });
  }

  /** Shows what the choices made ask for, and hides what they do not. */
  #arrange() {
    this.#part('.define-of').hidden = this.#control('aggregate').value === 'count';
    for (const row of this.#rows.children) {
      const [, op, value] = controlsOf(row);
      value.disabled = op.value === 'exists' || op.value === 'absent';
    }
    const add = /** @type {HTMLButtonElement} */ (this.#part('.condition-add'));
    add.disabled = this.#rows.childElementCount >= MOST_CONDITIONS;
  }

  /** @param {string} name */
  #control(name) {
    return /** @type {HTMLInputElement} */ (this.#form.elements.namedItem(name));
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#dialog.querySelector(selector));
  }
}

/** @param {Element} row @returns {HTMLInputElement[]} field, comparison and value */
const controlsOf = (row) =>
  ['.condition-field', '.condition-op', '.condition-value'].map(
    (selector) => /** @type {HTMLInputElement} */ (row.querySelector(selector)),
  );
