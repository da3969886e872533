// @ts-check
/**
 * The contract between `Connection` and a source of frames, such as an event stream or polling. Opening starts at
 * once; frames come in order; it ends by itself at most once, with a reason; after `close()` no handler is called.
 * `wake()` says that the page may have slept: the transport checks at once whether its connection is still alive.
 */

/**
 * @import {Stats} from './api.js'
 * @import {CloseReason} from './close-reasons.js'
 * @import {AnalyticsEvent, AnnotationNews, Hello} from './options.js'
 */

/**
 * A message of the server. `id` is the cursor as of this frame. What a later version of the server adds comes through
 * too, and is ignored.
 *
 * @typedef {{event: 'connected', data: Hello, id: string}
 *   | {event: 'stats', data: Stats, id: string}
 *   | {event: 'event', data: AnalyticsEvent, id: string}
 *   | {event: 'reset', data: Record<string, unknown>, id: string}
 *   | {event: 'annotation', data: AnnotationNews, id: string}
 *   | {event: 'ping' | 'degraded' | 'recovered' | 'alert', data: unknown, id: string}} Frame
 */

/**
 * @typedef {object} TransportHandlers
 * @property {string} lastEventId  where to resume; "" = from now
 * @property {(frame: Frame) => void} onFrame
 * @property {(milliseconds: number) => void} onRetry  the server's `retry:` field: the first delay of a reconnection
 * @property {(reason: CloseReason) => void} onEnd
 */

/** @typedef {{close(): void, wake(): void}} OpenTransport */

/** @typedef {(handlers: TransportHandlers) => OpenTransport} Transport */

export {};
