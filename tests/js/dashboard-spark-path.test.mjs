/** Sparklines as paths: zero-based, and gaps are gaps. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sparkPaths } from '../../static/js/pages/dashboard/sparklines.js';

test('the ground is zero, not the lowest figure', () => {
  const { line, area } = sparkPaths([5, 10], 60, 20);
  assert.equal(line, 'M0 10L60 1');
  assert.equal(area, 'M0 10L60 1V19H0Z');
});

test('a gap is a gap, and a lone point is a dot', () => {
  const { line, area } = sparkPaths([2, null, 2, 2], 60, 20);
  assert.equal(line, 'M0 1h0M40 1L60 1');
  assert.equal(area, 'M40 1L60 1V19H40Z');
});

test('nothing but zeros lies on the ground', () => assert.equal(sparkPaths([0, 0], 60, 20).line, 'M0 19L60 19'));

test('below zero the ground rises', () => assert.equal(sparkPaths([-10, 10], 60, 20).area, 'M0 19L60 1V10H0Z'));

test('nothing known is nothing drawn', () =>
  assert.deepEqual(sparkPaths([null, null], 60, 20), { line: '', area: '' }));
