// @ts-check
/** The options of the clients: types, defaults and validation. A wrong option throws at once, by its name. */

/**
 * @import {Stats} from './api.js'
 * @import {ConnectionState} from './connection-state.js'
 * @import {PulseError} from './errors.js'
 * @import {DroppedEvent} from './outbox.js'
 */

/**
 * At a change of the connection called in this order: `onStateChange`, then `onConnect`, `onDisconnect` or `onError`.
 *
 * @typedef {object} CallbackOptions
 * @property {(hello: Hello) => void} [onConnect]  the server has greeted us
 * @property {(loss: DisconnectInfo) => void} [onDisconnect]  it was connected and no longer is, for any reason
 * @property {(error: PulseError) => void} [onError]  `error` has a new value
 * @property {(stats: Stats) => void} [onStatsUpdate]
 * @property {(state: ConnectionState) => void} [onStateChange]
 * @property {(dropped: DroppedEvent) => void} [onEventDropped]  a tracked event will never be
 *     sent: it was refused, too many waited already, or it waited for a day
 */

/**
 * @typedef {object} StreamOptions
 * @property {boolean} [enabled]  true; false waits for `reconnect()`
 * @property {boolean} [autoReconnect]  true
 * @property {number} [maxReconnectAttempts]  5; Infinity = for ever
 * @property {number} [reconnectDelay]  1000 (ms); attempt n waits reconnectDelay · 2^(n−1), at most 30 s, less
 *     up to half of it by chance; longer where the server asks: by `Retry-After` or `retry:`
 * @property {string} [lastEventId]  "" (from now on); the cursor of what the page already shows, such as
 *     `meta.lastEventId` of a snapshot: the events after it come first
 * @property {boolean} [shareStream]  true: the tabs of this browser that watch the same workspace with the same
 *     options for reconnecting hold one stream between them; false: this one holds its own
 * @property {boolean} [compare]  false; true: `stats.compare` has each figure's earlier values
 * @property {(event: AnalyticsEvent, id: string) => void} [onEvent]
 * @property {(news: AnnotationNews) => void} [onAnnotation]  a note was made, changed or removed. It may be missed
 *     while the connection is lost or slow, and polling brings none: `GET …/annotations` has them all.
 * @property {(reset: Record<string, unknown>, id: string) => void} [onReset]  events were missed for good:
 *     what the page gathered from them is stale. The snapshot is being reloaded; events go on from `id`.
 */

/** @typedef {StreamOptions & CallbackOptions} RealtimeOptions */

/** @typedef {{enabled?: boolean} & CallbackOptions} PollingOptions */

/**
 * The data of the `connected` frame; of polling, the first snapshot's `meta` with mode "polling".
 *
 * @typedef {object} Hello
 * @property {string} workspaceId
 * @property {string} timestamp
 * @property {string} lastEventId
 * @property {string} [connectionId]
 * @property {string} [userId]  who is listening
 * @property {number} [heartbeatInterval]  seconds
 * @property {number} [statsInterval]      seconds
 * @property {string} [mode]
 */

/** @typedef {{reason: string | null, willReconnect: boolean}} DisconnectInfo  the reason as in ConnectionState */

/**
 * @typedef {object} AnalyticsEvent
 * @property {string} eventType
 * @property {string} eventId
 * @property {string} timestamp
 * @property {string} [userId]
 * @property {string} [channelId]  what it is about: of its `eventData`, for every viewer
 * @property {string} [taskId]
 * @property {string} [orchestratorId]
 * @property {string} [sessionId]
 * @property {Record<string, unknown>} [eventData]
 */

/**
 * A note on the charts.
 *
 * @typedef {object} Annotation
 * @property {string | null} id
 * @property {string} at
 * @property {string | null} until
 * @property {string} text
 * @property {string | null} url
 * @property {string[]} tags
 * @property {string} kind
 * @property {string | null} userId
 * @property {string | null} tokenId
 *
 * @typedef {{change: 'created' | 'changed' | 'removed', annotation: Annotation}} AnnotationNews
 */

/** @typedef {{isValid: (value: unknown) => boolean, expected: string}} OptionRule */

/** @type {OptionRule} */
const FLAG = { isValid: (value) => typeof value === 'boolean', expected: 'true or false' };
/** @type {OptionRule} */
const CALLBACK = { isValid: (value) => typeof value === 'function', expected: 'a function' };
/** @type {OptionRule} */
const ATTEMPTS = {
  isValid: (value) => value === Infinity || (Number.isInteger(value) && Number(value) >= 0),
  expected: 'a whole number of attempts, or Infinity',
};
/** @type {OptionRule} */
const MILLISECONDS = {
  isValid: (value) => typeof value === 'number' && value > 0 && value < 2 ** 31, // the limit of a timer
  expected: 'a positive number of milliseconds',
};

/** @type {OptionRule} */
const CURSOR = {
  isValid: (value) => typeof value === 'string' && /^[!-~]*$/.test(value), // what a request header may contain
  expected: "an event's id, or empty",
};

const CALLBACKS = {
  onConnect: CALLBACK,
  onDisconnect: CALLBACK,
  onError: CALLBACK,
  onStatsUpdate: CALLBACK,
  onStateChange: CALLBACK,
  onEventDropped: CALLBACK,
};

export const POLLING_CALLBACKS = Object.keys(CALLBACKS);
export const STREAM_CALLBACKS = [...POLLING_CALLBACKS, 'onEvent', 'onAnnotation', 'onReset'];

const STREAM_RULES = {
  ...CALLBACKS,
  enabled: FLAG,
  autoReconnect: FLAG,
  maxReconnectAttempts: ATTEMPTS,
  reconnectDelay: MILLISECONDS,
  shareStream: FLAG,
  compare: FLAG,
  lastEventId: CURSOR,
  onEvent: CALLBACK,
  onAnnotation: CALLBACK,
  onReset: CALLBACK,
};

const STREAM_DEFAULTS = {
  enabled: true,
  autoReconnect: true,
  maxReconnectAttempts: 5,
  reconnectDelay: 1000,
  shareStream: true,
  compare: false,
  lastEventId: '',
};

/**
 * The options of which another value needs another connection: all but the callbacks, so that none is forgotten, and
 * but the cursor, which counts when it connects.
 * @type {Array<Exclude<keyof StreamOptions, 'onEvent' | 'onAnnotation' | 'onReset' | 'lastEventId'>>}
 */
export const STREAM_SETTINGS = /** @type {Array<'enabled' | 'compare'>} */ (
  Object.keys(STREAM_DEFAULTS).filter((name) => name !== 'lastEventId')
);

/** @param {RealtimeOptions} options */
export const readStreamOptions = (options) => ({ ...STREAM_DEFAULTS, ...checked(options, STREAM_RULES) });

/** @param {PollingOptions} options */
export const readPollingOptions = (options) => ({
  enabled: true,
  ...checked(options, { ...CALLBACKS, enabled: FLAG }),
});

/** @param {unknown} workspace */
export function requireWorkspace(workspace) {
  if (typeof workspace !== 'string' || workspace === '')
    throw new TypeError('workspace must be a slug or an id');
  return workspace;
}

/** @param {unknown} interval */
export function requireInterval(interval) {
  if (!MILLISECONDS.isValid(interval)) throw new TypeError(`interval must be ${MILLISECONDS.expected}`);
  return /** @type {number} */ (interval);
}

/**
 * @template {object} T
 * @param {T} options
 * @param {Record<string, OptionRule>} rules
 * @returns {T} without what is undefined or null: those mean the default
 */
function checked(options, rules) {
  const given = Object.entries(options).filter(([, value]) => value != null);
  for (const [name, value] of given) {
    if (!Object.hasOwn(rules, name)) throw new TypeError(`unknown option ${name}`);
    if (!rules[name].isValid(value)) throw new TypeError(`option ${name} must be ${rules[name].expected}`);
  }
  return /** @type {T} */ (Object.fromEntries(given));
}
