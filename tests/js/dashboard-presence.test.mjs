/** The text of who is online. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onlineText } from '../../static/js/pages/dashboard/presence.js';

const people = (...names) => names.map((name) => ({ userId: name, name }));
const here = (names, onlineUsers = names.length) => onlineText({ online: people(...names), onlineUsers });

test('zero, one, two, many names', () => {
  assert.equal(here([]), 'Nobody has been active in the last 5 minutes');
  assert.equal(here(['Mika']), 'Online now: Mika');
  assert.equal(here(['Mika', 'Olivia']), 'Online now: Mika and Olivia');
  assert.equal(here(['Mika', 'Noor', 'Olivia']), 'Online now: Mika, Noor and Olivia');
});

test('more than eight are counted', () => {
  assert.equal(here([...'abcdefghij']), 'Online now: a, b, c, d, e, f, g, h and 2 more');
  assert.equal(here([...'abcdefgh']), 'Online now: a, b, c, d, e, f, g and h');
  assert.equal(here(['a'], 70), 'Online now: a and 69 more');
});

test('the same people in another order make the same line', () => {
  const line = 'Online now: Änne, mika, Olivia and Zoë';
  assert.equal(here(['Zoë', 'Änne', 'mika', 'Olivia']), line);
  assert.equal(here(['Olivia', 'mika', 'Zoë', 'Änne']), line);
});
