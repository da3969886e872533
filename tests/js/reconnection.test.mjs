/** Every transition of the connection's state machine, as values. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { idleState } from '../../static/js/client/connection-state.js';
import { closedByServer, lost, refused, silent } from '../../static/js/client/close-reasons.js';
import { PulseError } from '../../static/js/client/errors.js';
import { nextState } from '../../static/js/client/reconnection.js';

const POLICY = { autoReconnect: true, maxAttempts: 5, baseDelay: 1000, maxDelay: 30_000 };
const HELLO = { connectionId: 'conn_1' };

const context = (changes = {}) => ({
  policy: POLICY,
  now: 1000,
  random: 0,
  online: true,
  serverRetry: 0,
  ...changes,
});
const idle = idleState(5, '', 0);
const after = (state, events, changes) =>
  events.reduce((now, next) => nextState(now, next, context(changes)), state);
const start = { type: 'start' };
const greeted = { type: 'greeted', hello: HELLO };
const ended = (closeReason) => ({ type: 'ended', closeReason });
const answered = (status, retryAfter = null) =>
  refused(new PulseError('No.', { code: 'X', status, retryAfter }));

const connecting = after(idle, [start]);
const connected = after(connecting, [greeted]);
const reconnecting = after(connected, [ended(lost())]);
const offline = after(connected, [{ type: 'offline' }]);
const signedOut = after(connected, [ended(answered(401))]);
const failed = after(connected, [ended(answered(403))]);
const closed = after(connected, [{ type: 'stop' }]);
const ALL = { idle, connecting, connected, reconnecting, offline, 'signed-out': signedOut, failed, closed };

test('sample states have their phase', () => {
  for (const [phase, state] of Object.entries(ALL)) {
    assert.equal(state.phase, phase);
    assert.ok(Object.isFrozen(state));
  }
});

/** What each event leads to, from each phase; "=" where it changes nothing at all. */
const TABLE = {
  // from:     idle          connecting      connected       reconnecting    offline       signed-out    failed        closed
  start: Array(8).fill('connecting'),
  stop: ['closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed', '='],
  due: ['=', '=', '=', 'connecting', '=', '=', '=', '='],
  greeted: ['=', 'connected', 'connected', '=', '=', '=', '=', '='],
  ended: ['=', 'reconnecting', 'reconnecting', '=', '=', '=', '=', '='],
  offline: ['=', 'offline', 'offline', 'offline', '=', '=', '=', '='],
  online: ['=', '=', '=', 'connecting', 'connecting', '=', '=', '='],
  health: ['=', '=', 'connected', '=', '=', '=', '=', '='],
};
const EVENTS = {
  start,
  stop: { type: 'stop' },
  due: { type: 'due' },
  greeted,
  ended: ended(lost()),
  offline: { type: 'offline' },
  online: { type: 'online' },
  health: { type: 'health', degraded: true },
};

describe('from every phase', () => {
  for (const [type, row] of Object.entries(TABLE)) {
    Object.entries(ALL).forEach(([phase, state], column) => {
      test(`${phase} + ${type}: ${row[column]}`, () => {
        const next = nextState(state, EVENTS[type], context());
        if (row[column] === '=') assert.equal(next, state);
        else assert.equal(next.phase, row[column]);
      });
    });
  }
});

describe('lost connection', () => {
  test('a maximum of one attempt', () => {
    const policy = { ...POLICY, maxAttempts: 1 };
    const once = after(idleState(1, '', 0), [start, ended(lost()), { type: 'due' }, ended(silent(60_000))], {
      policy,
    });
    assert.equal(
      once.error.message,
      'Gave up after 1 attempt to reconnect. Nothing came from the server for 60 s. Reconnect to try again.',
    );
  });

  test('the last attempt may end routinely', () => {
    const state = nextState({ ...connecting, attempt: 5 }, ended(closedByServer('max-duration')), context());
    const { code, status, message } = state.error;
    assert.deepEqual([state.phase, code, status], ['failed', 'GAVE_UP', null]);
    assert.equal(message, 'Gave up after 5 attempts to reconnect. Reconnect to try again.');
  });

  test('a minute of connection resets the count', () => {
    const state = after(reconnecting, [{ type: 'due' }, ended(lost()), { type: 'due' }, greeted]);
    assert.deepEqual([state.attempt, state.error, state.reason], [0, null, null]);
    const [early, late] = [60_999, 61_000].map((now) => nextState(state, ended(lost()), context({ now })));
    assert.deepEqual([early.attempt, early.retryAt], [3, 60_999 + 4000]);
    assert.deepEqual([late.attempt, late.retryAt], [1, 61_000 + 1000]);
  });

  test('a routine end is no failed attempt', () => {
    const state = after(reconnecting, [{ type: 'due' }, greeted, ended(closedByServer('max-duration'))]);
    assert.equal(state.attempt, 1);
  });
});

describe('a refusal', () => {
  test('401 means signed out', () => {
    assert.equal(signedOut.error.status, 401);
    assert.equal(signedOut.attempt, 0);
  });

  for (const status of [400, 403, 404, 406, 410, 422]) {
    test(`${status} is final`, () =>
      assert.equal(nextState(connecting, ended(answered(status)), context()).phase, 'failed'));
  }

  for (const status of [304, 429, 500, 502, 503, 504]) {
    test(`${status} is retried`, () => {
      assert.equal(nextState(connecting, ended(answered(status)), context()).phase, 'reconnecting');
    });
  }

  test('Retry-After sets the delay', () => {
    const state = nextState(connecting, ended(answered(503, 120_000)), context());
    assert.equal(state.retryAt, 121_000);
    assert.equal(state.notBefore, 121_000);
    const anew = nextState(state, start, context());
    assert.deepEqual([anew.phase, anew.notBefore], ['connecting', 0], 'reconnect() does not wait');
    const shorter = nextState({ ...connecting, attempt: 3 }, ended(answered(503, 2000)), context());
    assert.equal(shorter.retryAt, 3000, 'not the larger backoff');
  });

  test('counts as attempt; the error keeps its status', () => {
    const last = { ...connecting, attempt: 5 };
    const state = nextState(last, ended(answered(503, 1000)), context());
    assert.equal(state.phase, 'failed');
    assert.equal(state.error.status, 503);
    assert.equal(state.error.cause.message, 'No.');
  });
});

describe('`bye` of the server', () => {
  for (const reason of ['shutdown', 'max-duration']) {
    test(`${reason} is no error`, () => {
      const state = nextState(connected, ended(closedByServer(reason)), context());
      assert.deepEqual([state.phase, state.reason, state.error], ['reconnecting', reason, null]);
    });

    test(`${reason} without autoReconnect closes`, () => {
      const policy = { ...POLICY, autoReconnect: false };
      assert.equal(nextState(connected, ended(closedByServer(reason)), context({ policy })).phase, 'closed');
    });
  }

  for (const [reason, code] of [
    ['slow', 'SLOW'],
    ['closed-by-admin', 'CLOSED_BY_ADMIN'],
    ['revoked', 'REVOKED'],
  ]) {
    test(`${reason} reconnects, with an error`, () => {
      const state = nextState(connected, ended(closedByServer(reason)), context());
      assert.deepEqual([state.phase, state.reason, state.error.code], ['reconnecting', reason, code]);
      assert.equal(state.retryAt, 2000);
    });
  }

  for (const unknown of ['tea-time', undefined, 7, 'toString']) {
    test(`${unknown} counts as a lost connection`, () => assert.equal(closedByServer(unknown).reason, 'lost'));
  }

  test("retry: is the least delay after a shutdown", () => {
    const wait = (reason, serverRetry) =>
      nextState(connected, ended(reason), context({ serverRetry })).retryAt - 1000;
    assert.equal(wait(closedByServer('shutdown'), 3127), 3127);
    assert.equal(wait(closedByServer('shutdown'), 10), 1000);
    assert.equal(wait(closedByServer('shutdown'), 9_999_999), 30_000);
  });

  test("the larger of backoff and retry: counts", () => {
    const wait = (reason, serverRetry) =>
      nextState(connected, ended(reason), context({ serverRetry })).retryAt - 1000;
    for (const reason of [closedByServer('max-duration'), closedByServer('closed-by-admin'), closedByServer('slow'), lost(), silent(60_000), answered(502)])
      assert.deepEqual([wait(reason, 3127), wait(reason, 10), wait(reason, 9_999_999)], [3127, 1000, 30_000]);
  });

  for (const reason of ['limit', 'maintenance', 'unavailable']) {
    test(`${reason}: online does not cut the delay`, () => {
      const waiting = nextState(connecting, ended(closedByServer(reason)), context({ serverRetry: 90_000 }));
      assert.deepEqual([waiting.retryAt, waiting.notBefore], [91_000, 91_000]);
      assert.equal(nextState(waiting, { type: 'online' }, context()), waiting);
    });
  }

  test('an announced outage exhausts no attempts', () => {
    let state = nextState(connected, ended(closedByServer('shutdown')), context());
    for (let now = 2000; now < 300_000; now += 10_000)
      state = after(state, [{ type: 'due' }, ended(lost())], { now });
    assert.deepEqual([state.phase, state.attempt], ['reconnecting', 5]);
    state = after(state, [{ type: 'due' }, ended(lost())], { now: 301_000 });
    assert.equal(state.error.code, 'GAVE_UP');
  });
});

describe('no network', () => {
  test('a loss while offline is no attempt', () => {
    const second = after(reconnecting, [{ type: 'due' }, ended(lost()), { type: 'due' }]);
    const state = nextState(second, ended(lost()), context({ online: false }));
    assert.deepEqual([state.phase, state.attempt, state.error.code], ['offline', 2, 'OFFLINE']);
  });

  test('a response proves a network', () => {
    assert.equal(nextState(connecting, ended(answered(500)), context({ online: false })).phase, 'reconnecting');
    assert.equal(
      nextState(connected, ended(closedByServer('shutdown')), context({ online: false })).phase,
      'reconnecting',
    );
  });

  test('online retries at once', () => {
    assert.equal(nextState(reconnecting, { type: 'online' }, context()).attempt, 1);
  });

  test('online respects Retry-After', () => {
    const waiting = nextState(connecting, ended(answered(503, 60_000)), context());
    assert.equal(nextState(waiting, { type: 'online' }, context()), waiting);
    const away = nextState(waiting, { type: 'offline' }, context());
    assert.equal(away.retryAt, null);
    const early = nextState(away, { type: 'online' }, context({ now: 2000 }));
    assert.deepEqual([early.phase, early.retryAt], ['reconnecting', 61_000]);
    const late = nextState(away, { type: 'online' }, context({ now: 61_000 }));
    assert.equal(late.phase, 'connecting');
  });

  test('final without autoReconnect', () => {
    const policy = { ...POLICY, autoReconnect: false };
    assert.equal(nextState(connected, { type: 'offline' }, context({ policy })).phase, 'failed');
  });
});

describe('since', () => {
  test('is the start of the outage', () => {
    const down = nextState(connected, ended(lost()), context({ now: 5000 }));
    const trying = nextState(down, { type: 'due' }, context({ now: 6000 }));
    const again = nextState(trying, ended(lost()), context({ now: 7000 }));
    assert.deepEqual([down.since, trying.since, again.since], [5000, 5000, 5000]);
    assert.equal(nextState(trying, greeted, context({ now: 8000 })).since, 8000);
  });

  test('changes with every other phase', () => {
    assert.equal(nextState(connected, { type: 'offline' }, context({ now: 9000 })).since, 9000);
    assert.equal(nextState(connected, { type: 'stop' }, context({ now: 9000 })).since, 9000);
  });
});

describe('what belongs to one stream', () => {
  test('hello and degraded end with the stream', () => {
    const ill = nextState(connected, { type: 'health', degraded: true }, context());
    assert.deepEqual([ill.hello, ill.degraded], [HELLO, true]);
    const down = nextState(ill, ended(lost()), context());
    assert.deepEqual([down.hello, down.degraded], [null, false]);
  });

  test('the cursor stays', () => {
    const far = { ...connected, lastEventId: 'a1b2c3d4-7' };
    assert.equal(
      after(far, [ended(lost()), { type: 'due' }, greeted, { type: 'stop' }, start]).lastEventId,
      'a1b2c3d4-7',
    );
  });
});

test('unchanged health keeps the state', () => {
  assert.equal(nextState(connected, { type: 'health', degraded: false }, context()), connected);
});
