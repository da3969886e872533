/** The rows of the breakdown panel: names, bars, changes, what is no single part, and what a click changes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  changeOnClick,
  changeText,
  countQuery,
  isChosen,
  partName,
  partRows,
} from '../../static/js/pages/dashboard/breakdown-rows.js';
import { comparisonOf, signedNumber } from '../../static/js/pages/dashboard/changes-panel.js';
import { readView } from '../../static/js/pages/dashboard/page-state.js';
import { Clock } from '../../static/js/ui/clock.js';

const clock = new Clock('Europe/Berlin', 'en-GB');
const use = { compare: 'none', clock, isOneDay: true };
const EMPTY = { top: [], other: { keys: 0, count: 0 }, none: 0, forgotten: 0, total: 0 };

test('bars are shares of the largest part, coloured by type', () => {
  const top = [{ key: 'message.sent', count: 1200 }, { key: 'task.created', count: 300 }];
  const rows = partRows({ ...EMPTY, top, total: 1500 }, 'type', use);
  assert.deepEqual(
    rows.map(({ key, count, share, colour, change }) => ({ key, count, share, colour, change })),
    [
      { key: 'message.sent', count: '1,200', share: 1, colour: 0, change: '' },
      { key: 'task.created', count: '300', share: 0.25, colour: 3, change: '' },
    ],
  );
});

test('all that is no single part has a row of its own, so that rows add up', () => {
  const data = { ...EMPTY, top: [{ key: 'general', count: 5 }], other: { keys: 1, count: 2 }, none: 3, forgotten: 4, total: 14 };
  const rows = partRows(data, 'channel', use);
  assert.deepEqual(
    rows.map(({ key, name, count }) => [key, name, count]),
    [
      ['general', '#general', '5'],
      [null, 'Without a channel', '3'],
      [null, '1 other channel', '2'],
      [null, 'No longer stored one by one', '4'],
    ],
  );
});

test('parts that vanished stay while they are compared', () => {
  const data = {
    ...EMPTY,
    top: [{ key: 'old', count: 0, previous: 7, change: -7 }],
    other: { keys: 0, count: 0, previous: 0, change: 0 },
    previous: { none: 2, forgotten: 0, total: 9 },
    change: -9,
  };
  const rows = partRows(data, 'channel', { ...use, compare: 'yesterday' });
  assert.deepEqual(
    rows.map(({ name, count, change, changeWords }) => [name, count, change, changeWords]),
    [
      ['#old', '0', '▼ 7', '7 a day earlier, none now'],
      ['Without a channel', '0', '▼ 2', '2 a day earlier, none now'],
    ],
  );
});

test('a change says against what', () => {
  const words = (count, previous) => changeText({ count, previous, change: count - previous }, 'lastWeek');
  assert.deepEqual(words(20, 6), { change: '▲ 14', changeWords: '14 more than a week earlier' });
  assert.deepEqual(words(6, 20), { change: '▼ 14', changeWords: '14 fewer than a week earlier' });
  assert.deepEqual(words(6, 6), { change: '=', changeWords: 'as many as a week earlier' });
  assert.deepEqual(words(6, 0), { change: '▲ 6', changeWords: 'none a week earlier' });
  assert.deepEqual(changeText({ count: 6 }, 'none'), { change: '', changeWords: '' });
});

test('hours are those of the workspace, with a day where there are several', () => {
  const hour = { key: '2025-12-06T09:00:00+01:00' };
  assert.equal(partName(hour, 'hour', clock, true), '09:00');
  assert.equal(partName(hour, 'hour', clock, false), '6 Dec, 09:00');
  assert.equal(partName({ key: '6b5b4a6e-8a0b', name: null }, 'user', clock, true), '6b5b4a6e');
});

test('a click sets the filter, a second one clears it, an hour is a range', () => {
  const view = readView(new URLSearchParams('channel=general'));
  assert.deepEqual(changeOnClick('channel', 'launch', view), { channel: 'launch' });
  assert.deepEqual(changeOnClick('channel', 'general', view), { channel: '' });
  assert.equal(isChosen('channel', 'general', view), true);
  const since = Date.parse('2025-12-06T08:00:00Z');
  assert.deepEqual(changeOnClick('hour', '2025-12-06T09:00:00+01:00', view), { since, until: since + 3_600_000 });
});

test('the question has the filter, and no end while the range is open', () => {
  const view = readView(new URLSearchParams('type=message.sent&user=u-1'));
  const [since, until] = [Date.parse('2025-12-06T08:00Z'), Date.parse('2025-12-06T09:00Z')];
  const asked = (isOpen) => Object.fromEntries(countQuery(view, { since, until, isOpen }));
  const filter = { type: 'message.sent', user: 'u-1', since: '2025-12-06T08:00:00.000Z' };
  assert.deepEqual(asked(true), filter);
  assert.deepEqual(asked(false), { ...filter, until: '2025-12-06T09:00:00.000Z' });
});

test('what changed is asked against what the page compares with, else what is nearest', () => {
  assert.equal(comparisonOf({ range: 'today', compare: 'none' }), 'yesterday');
  assert.equal(comparisonOf({ range: 'custom', compare: 'none' }), 'previous');
  assert.equal(comparisonOf({ range: 'today', compare: 'lastWeek' }), 'lastWeek');
  assert.equal(signedNumber(-1234), '−1,234');
  assert.equal(signedNumber(5), '+5');
});
