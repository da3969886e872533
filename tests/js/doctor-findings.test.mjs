/** The doctor's findings for its observations, and the setting that each names. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FINDINGS, summary } from '../../static/js/pages/doctor/findings.js';

const NOW = 1_764_978_000_000;
const PLACE = {
  origin: 'https://pulse.example', seenAs: 'https://pulse.example', protocol: 'h2', isSecure: true, sharesStreams: true,
  heartbeat: 30,
};
const HEAD = { at: NOW + 20, status: 200, type: 'text/event-stream; charset=utf-8', encoding: '' };
const frame = (event, sentAt, at, more = {}) => ({ event, at, data: { timestamp: new Date(sentAt).toISOString(), ...more } });
const GREETING = frame('connected', NOW, NOW + 25, { heartbeatInterval: 30, lastEventId: 'a1b2c3d4-9' });
const PING = { event: 'ping', at: NOW + 30_010, data: { timestamp: NOW + 30_000 } };
const ticks = (...delays) => delays.map((delay, n) => frame('stats', NOW + 5000 * (n + 1), NOW + 5000 * (n + 1) + delay));

/** The observations of half a minute without a proxy, with the given differences. */
function seen({ stream = {}, ...more } = {}) {
  const frames = [GREETING, ...ticks(10, 12, 11, 40, 9), PING];
  const watch = { requestedAt: NOW, head: HEAD, frames, endedAt: NOW + 31_000, ...stream };
  watch.first = (event) => watch.frames.find((one) => one.event === event) ?? null;
  const resumed = { requested: 'a1b2c3d4-8', began: 'a1b2c3d4-8' };
  return { now: NOW + 31_000, isDone: true, stream: watch, resumed, clock: { requestedAt: NOW, respondedAt: NOW + 10, serverTime: NOW + 5 }, ...more };
}

const find = (title, observations, place = {}) => FINDINGS[title](observations, { ...PLACE, ...place });
const setting = (title, observations, place) => find(title, observations, place).remedy?.setting ?? '';

test('no fault, no finding', () => {
  const findings = Object.keys(FINDINGS).map((title) => find(title, seen()));
  assert.deepEqual([...new Set(findings.map(({ tone }) => tone))], ['good']);
  assert.equal(summary(findings, true), 'Nothing on the way is wrong.');
});

test('findings wait for their observation', () => {
  const early = seen({ stream: { head: null, frames: [], endedAt: null }, isDone: false, now: NOW + 100, resumed: null });
  for (const title of Object.keys(FINDINGS).slice(0, 6)) assert.equal(find(title, early).tone, 'waiting', title);
});

describe('the stream', () => {
  test('does not respond', () => {
    assert.equal(find('The stream opens', seen({ stream: { head: null, frames: [] } })).tone, 'bad');
  });

  test("replaced by a proxy's response", () => {
    const head = { ...HEAD, type: 'text/html' };
    assert.match(find('The stream opens', seen({ stream: { head, frames: [] } })).text, /text\/html/);
  });

  test('refused by the server for now', () => {
    const refused = (reason) => seen({ stream: { frames: [{ event: 'bye', at: NOW + 25, data: { reason } }], endedAt: NOW + 30 } });
    assert.match(find('The stream opens', refused('limit')).text, /as many streams of yours as it takes/);
    assert.equal(find('The stream opens', refused('maintenance')).tone, 'bad');
    assert.equal(find('The first frame comes at once', refused('limit')).tone, 'none');
  });

  test('buffered by a proxy', () => {
    const mute = seen({ stream: { frames: [] } });
    assert.match(setting('The first frame comes at once', mute), /proxy_buffering off;/);
    assert.equal(find('The line stays open', mute).tone, 'none');
  });

  test('cut before its first frame', () => {
    const cut = seen({ stream: { frames: [], endedAt: NOW + 30 } });
    assert.match(find('The first frame comes at once', cut).text, /was cut before its first frame/);
    assert.match(find('The first frame comes at once', cut, { heartbeat: 40 }).remedy.setting, /proxy_read_timeout 100s;/);
  });

  test('first frame late', () => {
    const late = seen({ stream: { frames: [{ ...GREETING, at: NOW + 9000 }] } });
    assert.equal(find('The first frame comes at once', late).tone, 'warn');
  });

  test('frames in batches', () => {
    const lumps = seen({ stream: { frames: [GREETING, ...ticks(15_000, 10_000, 5000, 0), PING] } });
    assert.match(setting('Frames come one by one', lumps), /proxy_buffering off;/);
  });

  test('one slow frame is no fault', () => {
    const once = seen({ stream: { frames: [GREETING, ...ticks(10, 4000, 10, 10), PING] } });
    assert.equal(find('Frames come one by one', once).tone, 'good');
  });

  test('a clock that is hours off', () => {
    const frames = [GREETING, ...ticks(10, 12, 11, 9).map((one) => ({ ...one, at: one.at - 7_200_000 })), PING];
    assert.equal(find('Frames come one by one', seen({ stream: { frames: frames.slice(0, -1) } })).tone, 'good');
  });

  test('cut before the heartbeat', () => {
    const cut = seen({ stream: { frames: [GREETING, ...ticks(10)], endedAt: NOW + 10_000 } });
    assert.match(setting('The line stays open', cut), /proxy_read_timeout 75s;/);
  });

  test('ended by the server', () => {
    const bye = seen({ stream: { frames: [GREETING, { event: 'bye', at: NOW, data: { reason: 'shutdown' } }] } });
    assert.match(find('The line stays open', bye).text, /shutdown/);
  });

  test('compressed', () => {
    assert.equal(setting('Nobody compresses the stream', seen({ stream: { head: { ...HEAD, encoding: 'gzip' } } })), 'gzip off;');
  });
});

describe('resuming', () => {
  const title = 'Nothing is missed after a break';

  test('Last-Event-ID is dropped', () => {
    const anew = seen({ resumed: { requested: 'a1b2c3d4-8', began: 'a1b2c3d4-9' } });
    assert.match(setting(title, anew), /proxy_pass_request_headers on;/);
  });

  test('not known without an event', () => {
    assert.equal(find(title, seen({ resumed: null })).tone, 'none');
  });
});

describe('the address', () => {
  test('differs for the server', () => {
    const mistaken = setting('The server knows where it is', seen(), { seenAs: 'http://127.0.0.1:8000' });
    assert.match(mistaken, /X-Forwarded-Proto \$scheme/);
  });

  test('no TLS on this machine', () => {
    const bare = { origin: 'http://pulse.example', seenAs: 'http://pulse.example' };
    assert.equal(find('The server knows where it is', seen(), { ...bare, isSecure: false }).tone, 'warn');
    assert.equal(find('The server knows where it is', seen(), bare).tone, 'good');
  });

  test('HTTP/1.1 with shared streams', () => {
    assert.equal(find('HTTP version', seen(), { protocol: 'http/1.1' }).tone, 'good');
    assert.match(setting('HTTP version', seen(), { protocol: 'http/1.1', sharesStreams: false }), /http2/);
  });
});

test('the offset of the clock has a direction', () => {
  const off = find('The clocks agree', seen({ clock: { requestedAt: NOW, respondedAt: NOW + 10, serverTime: NOW + 60_005 } }));
  assert.match(off.text, /60\.0 s behind the server’s/);
});

test('the summary counts the faults', () => {
  const of = (...tones) => tones.map((tone) => ({ tone, text: '' }));
  assert.equal(summary(of('good'), false), 'Looking …');
  assert.equal(summary(of('good', 'bad', 'none'), true), 'One thing is wrong, and here is what mends it.');
  assert.equal(summary(of('warn', 'bad'), true), '2 things are wrong, and here is what mends them.');
});
