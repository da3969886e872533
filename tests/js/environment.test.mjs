/** What a page does not replace is the browser's own. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { environmentWith } from '../../static/js/client/environment.js';

/** A window of a few lines; every function insists on being called as the window's own, as a browser's do. */
function windowWith(changes = {}) {
  const calls = [];
  const own = (name, answer) =>
    function (...values) {
      assert.equal(this, world, `${name} was called without its object`);
      calls.push([name, ...values]);
      return answer;
    };
  const world = {
    calls,
    fetch: own('fetch', 'a response'),
    setTimeout: own('setTimeout', 7),
    clearTimeout: own('clearTimeout'),
    addEventListener: own('addEventListener'),
    reportError: own('reportError'),
    console: { error: (error) => calls.push(['console.error', error]) },
    Date: { now: () => 123 },
    Math: { random: () => 0.25 },
    navigator: { onLine: true },
    ...changes,
  };
  return world;
}

test('uses the functions of the window', () => {
  const world = windowWith();
  const environment = environmentWith({}, world);
  const callback = () => {};
  assert.equal(environment.fetch('/path', { method: 'POST' }), 'a response');
  assert.equal(environment.setTimeout(callback, 5), 7);
  environment.clearTimeout(7);
  environment.report('broken');
  assert.deepEqual(world.calls, [
    ['fetch', '/path', { method: 'POST' }],
    ['setTimeout', callback, 5],
    ['clearTimeout', 7],
    ['reportError', 'broken'],
  ]);
  assert.deepEqual([environment.now(), environment.random(), environment.events], [123, 0.25, world]);
  assert.match(environmentWith().uuid(), /^[0-9a-f]{32}$/);
});

test("a replacement wins over the window", () => {
  const now = () => 1;
  assert.equal(environmentWith({ now }, windowWith()).now, now);
});

describe('online', () => {
  for (const [navigator, online] of [
    [{ onLine: true }, true],
    [{ onLine: false }, false],
    [{}, true],
    [undefined, true],
  ]) {
    test(`${JSON.stringify(navigator)} means ${online}`, () => {
      assert.equal(environmentWith({}, windowWith({ navigator })).isOnline(), online);
    });
  }
});

test('works outside a browser', () => {
  const world = windowWith({ addEventListener: undefined, reportError: undefined });
  const environment = environmentWith({}, world);
  assert.ok(environment.events instanceof EventTarget);
  environment.report('broken');
  assert.deepEqual(world.calls, [['console.error', 'broken']]);
});
