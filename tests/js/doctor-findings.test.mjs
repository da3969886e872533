/** What the doctor thinks of what it has seen, and which setting it names. */

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

/** As seen in half a minute without anything in between, but for what differs. */
function seen({ stream = {}, ...more } = {}) {
  const frames = [GREETING, ...ticks(10, 12, 11, 40, 9), PING];
  const watch = { requestedAt: NOW, head: HEAD, frames, endedAt: NOW + 31_000, ...stream };
  watch.first = (event) => watch.frames.find((one) => one.event === event) ?? null;
  const resumed = { requested: 'a1b2c3d4-8', began: 'a1b2c3d4-8' };
  return { now: NOW + 31_000, isDone: true, stream: watch, resumed, clock: { requestedAt: NOW, respondedAt: NOW + 10, serverTime: NOW + 5 }, ...more };
}

const find = (title, observations, place = {}) => FINDINGS[title](observations, { ...PLACE, ...place });
const setting = (title, observations, place) => find(title, observations, place).remedy?.setting ?? '';

test('where nothing is wrong, nothing is said to be', () => {
  const findings = Object.keys(FINDINGS).map((title) => find(title, seen()));
  assert.deepEqual([...new Set(findings.map(({ tone }) => tone))], ['good']);
  assert.equal(summary(findings, true), 'Nothing on the way is wrong.');
});

test('what has not been looked at yet is not judged', () => {
  const early = seen({ stream: { head: null, frames: [], endedAt: null }, isDone: false, now: NOW + 100, resumed: null });
  for (const title of Object.keys(FINDINGS).slice(0, 6)) assert.equal(find(title, early).tone, 'waiting', title);
});

describe('the stream', () => {
  test('that does not answer', () => {
    assert.equal(find('The stream opens', seen({ stream: { head: null, frames: [] } })).tone, 'bad');
  });

  test('in whose place a proxy answers', () => {
    const head = { ...HEAD, type: 'text/html' };
    assert.match(find('The stream opens', seen({ stream: { head, frames: [] } })).words, /text\/html/);
  });

  test('that the server refuses for now', () => {
    const refused = (reason) => seen({ stream: { frames: [{ event: 'bye', at: NOW + 25, data: { reason } }], endedAt: NOW + 30 } });
    assert.match(find('The stream opens', refused('limit')).words, /as many streams of yours as it takes/);
    assert.equal(find('The stream opens', refused('maintenance')).tone, 'bad');
    assert.equal(find('The first frame comes at once', refused('limit')).tone, 'none');
  });

  test('that is held back', () => {
    const mute = seen({ stream: { frames: [] } });
    assert.match(setting('The first frame comes at once', mute), /proxy_buffering off;/);
    assert.equal(find('The line stays open', mute).tone, 'none');
  });

  test('that is cut before its first frame', () => {
    const cut = seen({ stream: { frames: [], endedAt: NOW + 30 } });
    assert.match(find('The first frame comes at once', cut).words, /was cut before its first frame/);
    assert.match(find('The first frame comes at once', cut, { heartbeat: 40 }).remedy.setting, /proxy_read_timeout 100s;/);
  });

  test('whose first frame is late', () => {
    const late = seen({ stream: { frames: [{ ...GREETING, at: NOW + 9000 }] } });
    assert.equal(find('The first frame comes at once', late).tone, 'warn');
  });

  test('that comes in lumps', () => {
    const lumps = seen({ stream: { frames: [GREETING, ...ticks(15_000, 10_000, 5000, 0), PING] } });
    assert.match(setting('Frames come one by one', lumps), /proxy_buffering off;/);
  });

  test('of which one frame was slow, by chance', () => {
    const once = seen({ stream: { frames: [GREETING, ...ticks(10, 4000, 10, 10), PING] } });
    assert.equal(find('Frames come one by one', once).tone, 'good');
  });

  test('seen by a clock that is hours off is judged all the same', () => {
    const frames = [GREETING, ...ticks(10, 12, 11, 9).map((one) => ({ ...one, at: one.at - 7_200_000 })), PING];
    assert.equal(find('Frames come one by one', seen({ stream: { frames: frames.slice(0, -1) } })).tone, 'good');
  });

  test('that is cut before the heartbeat', () => {
    const cut = seen({ stream: { frames: [GREETING, ...ticks(10)], endedAt: NOW + 10_000 } });
    assert.match(setting('The line stays open', cut), /proxy_read_timeout 75s;/);
  });

  test('that the server itself has ended', () => {
    const bye = seen({ stream: { frames: [GREETING, { event: 'bye', at: NOW, data: { reason: 'shutdown' } }] } });
    assert.match(find('The line stays open', bye).words, /shutdown/);
  });

  test('that is compressed', () => {
    assert.equal(setting('Nobody compresses the stream', seen({ stream: { head: { ...HEAD, encoding: 'gzip' } } })), 'gzip off;');
  });
});

describe('a break', () => {
  const title = 'Nothing is missed after a break';

  test('after which the stream begins anew', () => {
    const anew = seen({ resumed: { requested: 'a1b2c3d4-8', began: 'a1b2c3d4-9' } });
    assert.match(setting(title, anew), /proxy_pass_request_headers on;/);
  });

  test('cannot be tried without an event', () => {
    assert.equal(find(title, seen({ resumed: null })).tone, 'none');
  });
});

describe('the address', () => {
  test('that the server takes for another', () => {
    const mistaken = setting('The server knows where it is', seen(), { seenAs: 'http://127.0.0.1:8000' });
    assert.match(mistaken, /X-Forwarded-Proto \$scheme/);
  });

  test('without TLS, but on this machine', () => {
    const bare = { origin: 'http://pulse.example', seenAs: 'http://pulse.example' };
    assert.equal(find('The server knows where it is', seen(), { ...bare, isSecure: false }).tone, 'warn');
    assert.equal(find('The server knows where it is', seen(), bare).tone, 'good');
  });

  test('over HTTP/1.1 is enough where tabs share a stream', () => {
    assert.equal(find('HTTP version', seen(), { protocol: 'http/1.1' }).tone, 'good');
    assert.match(setting('HTTP version', seen(), { protocol: 'http/1.1', sharesStreams: false }), /http2/);
  });
});

test('a clock that is off is named with its way', () => {
  const off = find('The clocks agree', seen({ clock: { requestedAt: NOW, respondedAt: NOW + 10, serverTime: NOW + 60_005 } }));
  assert.match(off.words, /60\.0 s behind the server’s/);
});

test('the summary counts what is wrong', () => {
  const of = (...tones) => tones.map((tone) => ({ tone, words: '' }));
  assert.equal(summary(of('good'), false), 'Looking …');
  assert.equal(summary(of('good', 'bad', 'none'), true), 'One thing is wrong, and here is what mends it.');
  assert.equal(summary(of('warn', 'bad'), true), '2 things are wrong, and here is what mends them.');
});
