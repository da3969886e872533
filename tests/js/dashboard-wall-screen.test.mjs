/** A wall screen's address and the warning before its session ends. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sessionText, toggledKiosk } from '../../static/js/pages/dashboard/wall-screen.js';

const NOW = Date.parse('2026-12-05T12:00:00Z');
const clock = { day: (moment) => new Date(moment).toISOString() };

test('there and back, with all other parameters', () => {
  assert.equal(toggledKiosk('https://p.test/w/acme?range=7d'), 'https://p.test/w/acme?range=7d&kiosk=1');
  assert.equal(toggledKiosk('https://p.test/w/acme?kiosk=1&range=7d'), 'https://p.test/w/acme?range=7d');
});

for (const [name, endsAt, text] of [
  ['more than a day before', '2026-12-06T12:00:01Z', ''],
  ['within a day', '2026-12-06T11:59:00Z', 'Signed in until 2026-12-06T11:59:00.000Z. Sign in again before.'],
  ['no session, as with a token', undefined, ''],
]) {
  test(`session text: ${name}`, () => assert.equal(sessionText(endsAt, NOW, clock), text));
}
