/** Feeds an SseParser and returns its output. */

import { SseParser } from '../../../static/js/client/sse-parser.js';

const encoder = new TextEncoder();

export const bytesOf = (stream) => (typeof stream === 'string' ? encoder.encode(stream) : stream);

/** Everything that the chunks bring: frames as [event, data, id], the `retry:` values, and the cursor at the end. */
export function parseChunks(chunks, lastEventId) {
  const frames = [];
  const retries = [];
  const parser = new SseParser({
    lastEventId,
    onFrame: ({ event, data, id }) => frames.push([event, data, id]),
    onRetry: (milliseconds) => retries.push(milliseconds),
  });
  for (const chunk of chunks) parser.push(bytesOf(chunk));
  return { frames, retries, lastEventId: parser.lastEventId };
}

export const parse = (stream, lastEventId) => parseChunks([stream], lastEventId);

/** The `data` of every frame. */
export const dataOf = (stream) => parse(stream).frames.map(([, data]) => data);
