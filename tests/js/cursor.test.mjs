/** Comparing two positions in the event log. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLater, parseCursor } from '../../static/js/client/cursor.js';

for (const [id, known, later] of [
  ['a1b2c3d4-813', 'a1b2c3d4-812', true],
  ['a1b2c3d4-812', 'a1b2c3d4-812', false],
  ['a1b2c3d4-99', 'a1b2c3d4-100', false],
  ['ffffffff-1', 'a1b2c3d4-812', true],
  ['a1b2c3d4-1', '', true],
  ['something', 'else', true],
  ['something', 'something', false],
]) {
  test(`${id} is ${later ? '' : 'not '}later than ${known || 'nothing'}`, () =>
    assert.equal(isLater(id, known), later));
}

for (const id of ['', 'a1b2c3d4', 'a1b2c3d4-', 'A1B2C3D4-1', 'a1b2c3d4-1x', 'a1b2c3d4--1']) {
  test(`"${id}" is not a cursor`, () => assert.equal(parseCursor(id), null));
}
