// The form of a metric: what it says becomes a definition, and a definition becomes the same form again.
import assert from 'node:assert/strict';
import test from 'node:test';

import { conditionOf, definitionOf, faultsOf, writtenOf } from '../../static/js/pages/metrics/metric-form.js';

const form = (values) => {
  const data = new FormData();
  for (const [name, value] of Object.entries(values)) data.set(name, value);
  return data;
};

test('a count has no field, and types stand between commas', () => {
  const written = { name: ' n ', aggregate: 'count', field: 'x', types: ' a.b, ,c.d ', window: '1h' };
  assert.deepEqual(definitionOf(form(written), []), {
    name: 'n', title: '', unit: '', aggregate: 'count', field: null, types: ['a.b', 'c.d'], where: [], window: '1h',
  });
});

test('what looks like a number is one, unless it stands in quotes', () => {
  const values = [['1', 1], ['-1.5e3', -1500], ['true', true], ['"1"', '1'], ['1 a', '1 a'], ['', ''], ['"', '"']];
  for (const [text, value] of values) {
    assert.deepEqual(conditionOf({ field: 'f', op: 'eq', text }), { field: 'f', op: 'eq', value });
  }
});

test('a list stands between commas', () => {
  assert.deepEqual(conditionOf({ field: 'f', op: 'in', text: 'a, 1,"2"' }).value, ['a', 1, '2']);
});

test('to be there or not needs no value', () => {
  assert.deepEqual(conditionOf({ field: 'f', op: 'exists', text: 'x' }), { field: 'f', op: 'exists', value: true });
  assert.deepEqual(conditionOf({ field: 'f', op: 'absent', text: '' }), { field: 'f', op: 'exists', value: false });
});

test('every condition comes back as it went', () => {
  for (const value of [1, -0.5, 'a', '1', 'true', true, false, '']) {
    const condition = { field: 'f', op: 'ne', value };
    assert.deepEqual(conditionOf(writtenOf(condition)), condition);
  }
  for (const condition of [
    { field: 'f', op: 'exists', value: false },
    { field: 'f', op: 'in', value: [1, '1', 'x'] },
  ]) assert.deepEqual(conditionOf(writtenOf(condition)), condition);
});

test('faults go to their fields, and those of conditions say which', () => {
  const errors = { name: ['No.'], 'where.1.value': ['Must be a number.'], body: ['Odd.'] };
  const faults = faultsOf({ message: 'm', errors });
  assert.deepEqual(faults.name, ['No.']);
  assert.deepEqual(faults.where, ['Condition 2, value: Must be a number.']);
  assert.deepEqual(faults.form, ['body: Odd.']);
  assert.deepEqual(faultsOf({ message: 'Too dear.' }).form, ['Too dear.']);
});
