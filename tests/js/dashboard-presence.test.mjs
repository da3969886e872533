/** The texts of who is online, and of the most active channels and people. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onlineText, activityRows } from '../../static/js/pages/dashboard/presence.js';

const people = (...names) => names.map((name) => ({ userId: name, name }));
const here = (names, onlineUsers = names.length) => onlineText({ online: people(...names), onlineUsers });

test('zero, one, two, many names', () => {
  assert.equal(here([]), 'Nobody has been active in the last 5 minutes');
  assert.equal(here(['Mika']), 'Online now: Mika');
  assert.equal(here(['Mika', 'Olivia']), 'Online now: Mika and Olivia');
  assert.equal(here(['Mika', 'Olivia', 'Noor']), 'Online now: Mika, Olivia and Noor');
});

test('more than eight are counted', () => {
  assert.equal(here([...'abcdefghij']), 'Online now: a, b, c, d, e, f, g, h and 2 more');
  assert.equal(here([...'abcdefgh']), 'Online now: a, b, c, d, e, f, g and h');
  assert.equal(here(['a'], 70), 'Online now: a and 69 more');
});

test('names of channels and people', () => {
  const presence = {
    channels: [{ key: 'general', count: 3 }],
    people: [{ key: '0d9e3c1c-1c2f', name: 'Mika', count: 2 }, { key: '6b5b4a6e-8a0b', name: null, count: 1 }],
  };
  assert.deepEqual(activityRows(presence, 'channels'), [{ name: '#general', count: 3 }]);
  assert.deepEqual(activityRows(presence, 'people'), [{ name: 'Mika', count: 2 }, { name: '6b5b4a6e', count: 1 }]);
});

test('texts for none and for too many', () => {
  const presence = { channels: [], people: null };
  assert.deepEqual(activityRows(presence, 'channels'), [{ name: 'No messages yet', count: null }]);
  assert.deepEqual(activityRows(presence, 'people'), [{ name: 'Too much has happened to rank it', count: null }]);
});
