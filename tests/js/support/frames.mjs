/** The frames that a Pulse server sends, as text. */

const frame = (event, data, head = '') => `${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

export const connected = (data = {}) =>
  frame('connected', {
    connectionId: 'conn_1764978000123_k3v9x2',
    workspaceId: 'w-1',
    timestamp: '2025-12-06T12:00:00.000Z',
    lastEventId: 'a1b2c3d4-812',
    heartbeatInterval: 30,
    statsInterval: 5,
    ...data,
  });

export const figures = (data = {}) => ({ activeUsers: 42, timestamp: '2025-12-06T12:00:00.000Z', ...data });
export const stats = (data) => frame('stats', figures(data));
export const ping = () => frame('ping', { timestamp: 1764978000123 });
export const event = (seq, data = {}) =>
  frame('event', { eventType: 'message.sent', eventId: `e-${seq}`, ...data }, `id: a1b2c3d4-${seq}\n`);
export const annotation = (data) => frame('annotation', data);
export const reset = (id, data = {}) => frame('reset', data, `id: ${id}\n`);
export const bye = (reason) => frame('bye', { reason });
export const degraded = () => frame('degraded', {});
export const recovered = () => frame('recovered', {});
export const retry = (milliseconds) => `retry: ${milliseconds}\n\n`;

export const snapshot = (data = {}) => ({
  data: figures(data),
  meta: { workspaceId: 'w-1', userId: 'u-1', mode: 'snapshot', connections: 5, lastEventId: 'a1b2c3d4-900' },
});
