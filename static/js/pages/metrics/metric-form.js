// @ts-check
/** What the form of a metric says, and what the server says of it, dealt out to its fields. Pure. */

import { dealtOut } from '../admin/faults.js';

/** @typedef {import('./metric-api.js').Definition} Definition */
/** @typedef {import('./metric-api.js').Condition} Condition */
/** @typedef {{field: string, op: string, text: string}} WrittenCondition  as it stands in the form */

export const FIELDS = ['name', 'title', 'unit', 'aggregate', 'field', 'types', 'where', 'window'];

/**
 * @param {FormData} form
 * @param {WrittenCondition[]} conditions
 * @returns {Definition}
 */
export function definitionOf(form, conditions) {
  const text = (/** @type {string} */ name) => String(form.get(name) ?? '').trim();
  const aggregate = text('aggregate');
  return {
    name: text('name'),
    title: text('title'),
    unit: text('unit'),
    aggregate,
    field: aggregate === 'count' ? null : text('field'),
    types: text('types').split(',').map((type) => type.trim()).filter(Boolean),
    where: conditions.map(conditionOf),
    window: text('window'),
  };
}

/**
 * @param {WrittenCondition} written
 * @returns {Condition}
 */
export function conditionOf({ field, op, text }) {
  if (op === 'exists' || op === 'absent') return { field: field.trim(), op: 'exists', value: op === 'exists' };
  const value = op === 'in' ? text.split(',').map(valueOf) : valueOf(text);
  return { field: field.trim(), op, value };
}

/**
 * @param {Condition} condition
 * @returns {WrittenCondition}
 */
export function writtenOf({ field, op, value }) {
  if (op === 'exists') return { field, op: value ? 'exists' : 'absent', text: '' };
  const text = Array.isArray(value) ? value.map(textOf).join(', ') : textOf(value);
  return { field, op, text };
}

/** @param {{message: string, errors?: Record<string, string[]> | null}} error */
export const faultsOf = (error) =>
  dealtOut(error, FIELDS, (field, rest, text) => (field === 'where' ? `${place(rest)}: ${text}` : text));

/** "Condition 2, value". @param {string[]} path */
const place = ([number, ...field]) => [`Condition ${Number(number) + 1}`, ...field].join(', ');

/** @param {string} text */
function valueOf(text) {
  const bare = text.trim();
  if (/^".*"$/s.test(bare)) return bare.slice(1, -1);
  if (bare === 'true' || bare === 'false') return bare === 'true';
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(bare) ? Number(bare) : bare;
}

/** A text that would be taken for something else stands in quotes. @param {unknown} value */
function textOf(value) {
  const text = String(value);
  return typeof value === 'string' && valueOf(text) !== value ? `"${text}"` : text;
}
