// @ts-check
/**
 * The contract between the connection and whatever brings it frames, such as an event stream or polling: opening
 * starts at once; frames come in order; it ends by itself once, with a name; after `close()` nothing is heard.
 * `wake()` says that the page has slept, perhaps: it looks at once whether the line still lives.
 */

/** @import {Ending} from './close-reasons.js' */

/**
 * @typedef {object} Frame
 * @property {string} event  'connected', 'stats', 'event', 'ping', 'reset', 'degraded', 'recovered', …
 * @property {any} data      the parsed JSON
 * @property {string} id     the cursor as of this frame
 */

/**
 * @typedef {object} TransportHandlers
 * @property {string} lastEventId  where to resume; "" = from now
 * @property {(frame: Frame) => void} onFrame
 * @property {(milliseconds: number) => void} onRetry  the server's wish for the next first delay
 * @property {(ending: Ending) => void} onEnd
 */

/** @typedef {{close(): void, wake(): void}} OpenTransport */

/** @typedef {(handlers: TransportHandlers) => OpenTransport} Transport */

export {};
