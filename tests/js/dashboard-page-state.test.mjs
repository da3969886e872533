/** The state of the dashboard in its address: parsing, serialising, changes. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { changedView, readView, withView } from '../../static/js/pages/dashboard/page-state.js';

const view = (query) => readView(new URLSearchParams(query));
const query = (state, before = '') => withView(new URLSearchParams(before), state).toString();
const AT_9 = Date.parse('2025-12-06T09:00:00Z');
const AT_10 = Date.parse('2025-12-06T10:00:00Z');

describe('reading', () => {
  test('an empty address is live and unfiltered', () => {
    const { range, since, until, compare, type, user, channel, metric, event } = view('');
    assert.deepEqual([range, since, until, compare], ['live', null, null, 'none']);
    assert.deepEqual([type, user, channel, metric, event], ['', '', '', '', '']);
  });

  test('all of it', () => {
    const all = view(
      'since=2025-12-06T09:00:00Z&until=2025-12-06T11:00:00%2B01:00&compare=lastWeek&type=task.created&user=u-1' +
        '&channel=%23general&metric=onlineUsers&event=e-1',
    );
    assert.deepEqual([all.range, all.since, all.until, all.compare], ['custom', AT_9, AT_10, 'lastWeek']);
    assert.deepEqual([all.type, all.user, all.channel], ['task.created', 'u-1', 'general']);
    assert.deepEqual([all.metric, all.event], ['onlineUsers', 'e-1']);
  });

  test('addresses of earlier versions', () => {
    const old = view('metric=onlineUsers&range=7d&before=1');
    assert.deepEqual([old.metric, old.range, old.compare], ['onlineUsers', '7d', 'previous']);
    assert.equal(view('metric=onlineUsers&range=24h').range, '24h');
    assert.equal(view('metric=onlineUsers&range=1h').range, 'live');
  });

  test('a time without an offset is UTC, as in the API', () => {
    assert.equal(view('since=2025-12-06T09:00:00').since, AT_9);
    assert.equal(view('since=2025-12-06').since, Date.parse('2025-12-06T00:00:00Z'));
  });

  test('a custom range may have no end', () => assert.equal(view('since=2025-12-06T09:00:00Z').until, null));

  for (const invalid of ['range=2h', 'range=custom', 'since=x', 'until=2025-12-06T09:00:00Z', 'compare=toString'])
    test(`${invalid} counts as left out`, () => assert.deepEqual(view(invalid), view('')));

  test('an end before the beginning counts as left out', () =>
    assert.equal(view('since=2025-12-06T10:00:00Z&until=2025-12-06T09:00:00Z').range, 'live'));
});

describe('serialising', () => {
  test('what is read is written again', () => {
    for (const one of [
      'range=yesterday&compare=yesterday',
      'since=2025-12-06T09%3A00%3A00Z&until=2025-12-06T10%3A00%3A00.500Z&user=u-1&event=a+b',
      'range=24h&type=a.b&channel=%C3%A9%26&metric=custom.orders',
    ])
      assert.equal(query(view(one)), one);
  });

  test('defaults are not written, other parameters stay', () =>
    assert.equal(query(view(''), 'kiosk=1&range=7d&before=1&metric=x'), 'kiosk=1'));
});

describe('a change', () => {
  test('to a stretch of time replaces a named range', () => {
    const next = changedView(view('range=yesterday&type=a.b'), { since: AT_9, until: AT_10 });
    assert.deepEqual([next.range, next.since, next.until, next.type], ['custom', AT_9, AT_10, 'a.b']);
  });

  test('to a named range drops the stretch of time', () => {
    const next = changedView(view('since=2025-12-06T09:00:00Z&until=2025-12-06T10:00:00Z'), { range: 'today' });
    assert.equal(query(next), 'range=today');
  });

  test('of the filter keeps the range', () => {
    const next = changedView(view('since=2025-12-06T09:00:00Z'), { user: 'u-1' });
    assert.equal(query(next), 'since=2025-12-06T09%3A00%3A00Z&user=u-1');
  });
});
