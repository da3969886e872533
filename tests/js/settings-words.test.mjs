/** What the page of settings says. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lossWords, sorted, zoneWords } from '../../static/js/pages/settings/settings-words.js';

const NOON = Date.parse('2025-12-06T12:00:00Z');
const type = (eventType, count) => ({ eventType, count, lastSeen: null });

test('a zone says what time it is there, and one that nobody knows what a name looks like', () => {
  assert.equal(zoneWords('Asia/Kathmandu', NOON), 'Decides when “today” begins. There it is 17:45 now, Saturday.');
  assert.equal(zoneWords('Berlin', NOON), 'Decides when “today” begins. A name such as Europe/Berlin.');
});

test('who is about to make it strict is told what would be refused', () => {
  const custom = ['a.a', 'b.b', 'c.c', 'd.d'].map((name) => type(name, 1));
  const turnedOn = { wasStrict: false, isStrict: true };
  assert.equal(
    lossWords({ ...turnedOn, custom }),
    'Seen in the last 7 days, and refused from then on: a.a, b.b, c.c and 1 more.',
  );
  assert.equal(
    lossWords({ ...turnedOn, custom: custom.slice(0, 2) }),
    'Seen in the last 7 days, and refused from then on: a.a, b.b.',
  );
  assert.equal(lossWords({ ...turnedOn, custom: [] }), '');
  assert.equal(lossWords({ wasStrict: true, isStrict: true, custom }), '');
});

test('known and custom types in one list, those that were not seen apart', () => {
  const known = [type('message.sent', 5), type('call.ended', 0)];
  const { seen, unseen } = sorted({ known, custom: [type('deploy.finished', 7), type('backup.made', 5)] });
  assert.deepEqual(seen.map(({ eventType }) => eventType), ['deploy.finished', 'backup.made', 'message.sent']);
  assert.deepEqual(unseen, ['call.ended']);
});
