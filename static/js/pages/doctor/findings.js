// @ts-check
/** Judges the observations: one finding for each question, with the setting that corrects a fault. Pure. */

import { isEventStreamType } from '../../client/event-stream.js';
import { clockOffset } from '../../client/server-clock.js';
import { durationText } from '../../ui/number-format.js';
import { ADDRESS, BUFFERING, COMPRESSION, HEADERS, TLS, readTimeout } from './remedies.js';
import { SILENT_AFTER, laterFrames } from './stream-recorder.js';

/**
 * @import {Observations} from './diagnosis.js'
 * @import {Remedy} from './remedies.js'
 * @import {ResponseHead} from './stream-recorder.js'
 */

const LATE = 3000; // milliseconds from the head to the first frame, or of a frame behind the quickest one
const MAX_CLOCK_OFFSET = 2000; // milliseconds

/**
 * @typedef {'waiting' | 'good' | 'warn' | 'bad' | 'none'} FindingTone  `none`: not known
 * @typedef {{tone: FindingTone, text: string, remedy?: Remedy}} Finding
 *
 * @typedef {object} PageFacts  what the page knows about itself
 * @property {string} origin
 * @property {string} seenAs     the same as the server has it
 * @property {string} protocol   "http/1.1", "h2", "h3"; "" if the browser does not say
 * @property {boolean} isSecure
 * @property {boolean} sharesStreams  between the tabs of this browser
 * @property {number} heartbeat  seconds, by the server's settings
 */

/** @type {(text: string) => Finding} */
const waiting = (text) => ({ tone: 'waiting', text });
/** @type {(text: string) => Finding} */
const good = (text) => ({ tone: 'good', text });
/** @type {(text: string, remedy?: Remedy) => Finding} */
const warn = (text, remedy) => ({ tone: 'warn', text, remedy });
/** @type {(text: string, remedy?: Remedy) => Finding} */
const bad = (text, remedy) => ({ tone: 'bad', text, remedy });

/** @type {(text: string) => Finding} */
const unknown = (text) => ({ tone: 'none', text });

const NO_STREAM = unknown('Not known: no frame has arrived.');

/** @type {Record<string, (seen: Observations, facts: PageFacts) => Finding>} by what they are about */
export const FINDINGS = {
  'The stream opens': opens,
  'The first frame comes at once': firstFrame,
  'Frames come one by one': oneByOne,
  'The line stays open': staysOpen,
  'Nothing is missed after a break': resumes,
  'The stream is not compressed': uncompressed,
  'HTTP version': version,
  'The server knows where it is': address,
  'The clocks agree': clocks,
};

/** @param {Observations} seen */
function opens({ stream, now }) {
  const { head } = stream;
  if (head === null) {
    const elapsed = now - stream.requestedAt;
    if (stream.endedAt === null && elapsed < SILENT_AFTER) return waiting('The stream has been asked for …');
    return bad(
      `There is no answer after ${durationText(elapsed)}: the server is away, or something on the way keeps the request.`,
    );
  }
  if (head.status === 401) return bad('You are signed out. Sign in, and look again.');
  if (head.status === 429)
    return bad('The server has as many streams of yours as it takes. Close some pages, and look again.');
  if (head.status !== 200) return bad(`The answer was ${head.status} instead of a stream.`);
  const refusal = stream.first('connected') ? null : stream.first('bye');
  if (refusal?.data.reason === 'limit')
    return bad('The server has as many streams of yours as it takes. Close some pages, and look again.');
  if (refusal) return bad('The server opens no streams right now. Look again in a while.');
  if (!isEventStreamType(head.type))
    return bad(`Something on the way answered in the server’s facts, with ${head.type || 'no type'}.`);
  return good(`Its head came after ${durationText(head.at - stream.requestedAt)}.`);
}

/**
 * @param {Observations} seen
 * @param {PageFacts} facts
 */
function firstFrame({ stream, now, isDone }, { heartbeat }) {
  const { head } = stream;
  const greeting = stream.first('connected');
  if (!isStream(head)) return isDone ? NO_STREAM : waiting('');
  if (greeting) {
    const took = greeting.at - head.at;
    if (took < LATE) return good(`It came ${durationText(took)} after the head.`);
    return warn(
      `It came ${durationText(took)} after the head: something on the way collects before it passes on.`,
      BUFFERING,
    );
  }
  if (stream.first('bye')) return NO_STREAM; // refused for now: see opens()
  if (stream.endedAt !== null && stream.endedAt - head.at < SILENT_AFTER)
    return bad('The head came, and then the stream was cut before its first frame.', readTimeout(heartbeat));
  const silent = now - head.at;
  if (silent < SILENT_AFTER && !isDone) return waiting(`Nothing for ${durationText(silent)} …`);
  return bad(
    'The head came, and nothing after it: a proxy on the way keeps the frames back. The dashboard polls instead.',
    BUFFERING,
  );
}

/** @param {Observations} seen */
function oneByOne({ stream, isDone }) {
  const frames = laterFrames(stream);
  if (!isDone) return waiting(frames.length ? `${frames.length} so far …` : '');
  if (frames.length < 2) return NO_STREAM;
  const quickest = Math.min(...frames.map(({ took }) => took));
  const behind = frames.map(({ took }) => took - quickest);
  const late = behind.filter((by) => by > LATE);
  const worst = durationText(Math.max(...behind));
  if (late.length >= 2 && late.length >= frames.length / 4)
    return bad(
      `They come in lumps: of ${frames.length} frames, ${late.length} were kept back, for up to ${worst}.`,
      BUFFERING,
    );
  return good(`Of ${frames.length} frames, the slowest took ${worst} longer than the quickest.`);
}

/** @param {Observations} seen */
function staysOpen({ stream, now, isDone }) {
  const greeting = stream.first('connected');
  if (!greeting) return isDone ? NO_STREAM : waiting('');
  const heartbeat = greeting.data.heartbeatInterval;
  const farewell = stream.first('bye');
  if (farewell) return warn(`The server itself ended the stream (${farewell.data.reason}). Look again.`);
  const ping = stream.first('ping');
  if (stream.endedAt !== null && !ping)
    return bad(`The stream was cut after ${durationText(stream.endedAt - greeting.at)}.`, readTimeout(heartbeat));
  if (!isDone) return waiting(`Open for ${durationText(now - greeting.at)}; the heartbeat comes every ${heartbeat} s …`);
  if (!ping) return bad(`The heartbeat, every ${heartbeat} s, has not come.`, BUFFERING);
  return good(`Longer than the server’s heartbeat of ${heartbeat} s, which came.`);
}

/** @param {Observations} seen */
function resumes({ stream, resumed, isDone }) {
  if (!isDone) return waiting('');
  if (!stream.first('connected')) return NO_STREAM;
  if (!resumed) return unknown('Not known: this workspace has no events yet.');
  if (resumed.began === null) return bad('A second stream did not open.');
  if (resumed.began === resumed.requested) return good(`A second stream went on from event ${resumed.requested}.`);
  return bad('A second stream began anew: something on the way drops the header Last-Event-ID.', HEADERS);
}

/** @param {Observations} seen */
function uncompressed({ stream, isDone }) {
  const { head } = stream;
  if (!isStream(head)) return isDone ? NO_STREAM : waiting('');
  if (head.encoding === '' || head.encoding === 'identity') return good('It comes as the server has sent it.');
  return warn(
    `Something on the way compresses it (${head.encoding}), which costs memory and can keep frames back.`,
    COMPRESSION,
  );
}

/**
 * @param {Observations} _
 * @param {PageFacts} facts
 */
function version(_, { protocol, sharesStreams }) {
  if (protocol === '') return unknown('This browser does not say.');
  if (protocol !== 'http/1.1' && protocol !== 'http/1.0')
    return good(`${protocol.toUpperCase()}: as many pages as one likes over one connection.`);
  if (sharesStreams)
    return good('HTTP/1.1 has six connections to a host, and all tabs of this browser share one stream: enough.');
  return warn(
    'HTTP/1.1 has six connections to a host, and without TLS the tabs cannot share a stream: a seventh would hang.',
    TLS,
  );
}

/**
 * @param {Observations} _
 * @param {PageFacts} facts
 */
function address(_, { origin, seenAs, isSecure }) {
  if (origin !== seenAs)
    return bad(
      `This page is at ${origin}, and the server takes it for ${seenAs}: it may refuse what is sent from here.`,
      ADDRESS,
    );
  if (!isSecure)
    return warn(`It is ${origin}, without TLS: passwords and the session’s cookie can be read on the way.`, TLS);
  const cookie = origin.startsWith('https:') ? ' The session’s cookie goes over TLS alone.' : '';
  return good(`It is ${origin}, on both sides.${cookie}`);
}

/** @param {Observations} seen */
function clocks({ clock }) {
  if (!clock) return unknown('Not known: the server did not answer.');
  const margin = (clock.respondedAt - clock.requestedAt) / 2;
  const ahead = clockOffset(clock);
  const off = durationText(Math.abs(ahead));
  if (Math.abs(ahead) <= MAX_CLOCK_OFFSET + margin)
    return good(`They differ by ${off}, give or take ${durationText(margin)}.`);
  const way = ahead > 0 ? 'behind' : 'ahead of';
  return warn(`This computer’s clock is ${off} ${way} the server’s. Nothing is lost by it; let it be set by itself.`);
}

/**
 * @param {ResponseHead | null} head
 * @returns {head is ResponseHead}
 */
const isStream = (head) => head?.status === 200 && isEventStreamType(head.type);

/**
 * @param {Finding[]} findings
 * @param {boolean} isDone
 */
export function summary(findings, isDone) {
  const wrong = findings.filter(({ tone }) => tone === 'bad' || tone === 'warn').length;
  if (!isDone) return 'Looking …';
  if (wrong === 0) return 'Nothing on the way is wrong.';
  if (wrong === 1) return 'One thing is wrong, and here is what mends it.';
  return `${wrong} things are wrong, and here is what mends them.`;
}
