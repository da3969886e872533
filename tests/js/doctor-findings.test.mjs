/** The doctor's findings for its observations, and the setting that each names. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
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

test('no fault, no finding', () => {
  const findings = Object.keys(FINDINGS).map((title) => find(title, seen()));
  assert.deepEqual([...new Set(findings.map(({ tone }) => tone))], ['good']);
  assert.equal(summary(findings, true), 'Nothing on the way is wrong.');
});

test('findings wait for their observation', () => {
  const early = seen({ stream: { head: null, frames: [], endedAt: null }, isDone: false, now: NOW + 100, resumed: null });
  for (const title of Object.keys(FINDINGS).slice(0, 6)) assert.equal(find(title, early).tone, 'waiting', title);
});

const OPENS = 'The stream opens';
const FIRST = 'The first frame comes at once';
const ONE_BY_ONE = 'Frames come one by one';
const OPEN = 'The line stays open';
const MISSED = 'Nothing is missed after a break';
const PLACED = 'The server knows where it is';
const streamOf = (...frames) => seen({ stream: { frames } });
const farewell = (reason, at) => ({ event: 'bye', at, data: { reason } });
const refused = (reason) => seen({ stream: { frames: [farewell(reason, NOW + 25)], endedAt: NOW + 30 } });
const zipped = seen({ stream: { head: { ...HEAD, encoding: 'gzip' } } });
const anew = seen({ resumed: { requested: 'a1b2c3d4-8', began: 'a1b2c3d4-9' } });
const cutSoon = seen({ stream: { frames: [GREETING, ...ticks(10)], endedAt: NOW + 10_000 } });
const batches = streamOf(GREETING, ...ticks(15_000, 10_000, 5000, 0), PING);
const page = { ...HEAD, type: 'text/html' };
const cutAtOnce = seen({ stream: { frames: [], endedAt: NOW + 30 } });
const wrongClock = ticks(10, 12, 11, 9).map((one) => ({ ...one, at: one.at - 7_200_000 })); // two hours off
const bare = { origin: 'http://pulse.example', seenAs: 'http://pulse.example' };

/** Of each the tone, or a pattern of the text or of the setting that it names. */
for (const [name, title, observations, expected, place] of [
  ['no response', OPENS, seen({ stream: { head: null, frames: [] } }), { tone: 'bad' }],
  ["a proxy's response", OPENS, seen({ stream: { head: page, frames: [] } }), { text: /text\/html/ }],
  ['refused for the limit', OPENS, refused('limit'), { text: /as many streams of yours as it takes/ }],
  ['refused for maintenance', OPENS, refused('maintenance'), { tone: 'bad' }],
  ['refused: no first frame is expected', FIRST, refused('limit'), { tone: 'none' }],
  ['buffered by a proxy', FIRST, streamOf(), { setting: /proxy_buffering off;/ }],
  ['buffered: the line is not known', OPEN, streamOf(), { tone: 'none' }],
  ['cut before its first frame', FIRST, cutAtOnce, { text: /was cut before its first frame/ }],
  ['cut: longer than a heartbeat', FIRST, cutAtOnce, { setting: /proxy_read_timeout 100s;/ }, { heartbeat: 40 }],
  ['first frame late', FIRST, streamOf({ ...GREETING, at: NOW + 9000 }), { tone: 'warn' }],
  ['frames in batches', ONE_BY_ONE, batches, { setting: /proxy_buffering off;/ }],
  ['one slow frame is no fault', ONE_BY_ONE, streamOf(GREETING, ...ticks(10, 4000, 10, 10), PING), { tone: 'good' }],
  ['a clock that is hours off', ONE_BY_ONE, streamOf(GREETING, ...wrongClock), { tone: 'good' }],
  ['cut before the heartbeat', OPEN, cutSoon, { setting: /proxy_read_timeout 75s;/ }],
  ['ended by the server', OPEN, streamOf(GREETING, farewell('shutdown', NOW)), { text: /shutdown/ }],
  ['compressed', 'The stream is not compressed', zipped, { setting: /^gzip off;$/ }],
  ['Last-Event-ID is dropped', MISSED, anew, { setting: /proxy_pass_request_headers on;/ }],
  ['resuming is not known without an event', MISSED, seen({ resumed: null }), { tone: 'none' }],
  ['another address', PLACED, seen(), { setting: /X-Forwarded-Proto \$scheme/ }, { seenAs: 'http://127.0.0.1:8000' }],
  ['no TLS', PLACED, seen(), { tone: 'warn' }, { ...bare, isSecure: false }],
  ['no TLS on this machine', PLACED, seen(), { tone: 'good' }, bare],
  ['HTTP/1.1 with shared streams', 'HTTP version', seen(), { tone: 'good' }, { protocol: 'http/1.1' }],
  ['HTTP/1.1 without', 'HTTP version', seen(), { setting: /http2/ }, { protocol: 'http/1.1', sharesStreams: false }],
]) {
  test(name, () => {
    const { tone, text, remedy } = find(title, observations, place);
    if (expected.tone) assert.equal(tone, expected.tone);
    if (expected.text) assert.match(text, expected.text);
    if (expected.setting) assert.match(remedy.setting, expected.setting);
  });
}

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
