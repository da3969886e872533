// @ts-check
/** The settings that mend what the doctor finds: where each belongs, and how it reads for nginx. */

/** @typedef {{where: string, setting: string}} Remedy */

const IN_NGINX = 'For nginx, in the location of the stream (deploy/nginx/pulse.conf has all of it):';

/** @type {Remedy} */
export const BUFFERING = {
  where: `${IN_NGINX.slice(0, -1)}. Caddy calls it flush_interval -1, Apache flushpackets=on:`,
  setting: 'proxy_buffering off;\nproxy_http_version 1.1;\nproxy_set_header Connection "";',
};

/** @type {Remedy} */
export const COMPRESSION = { where: IN_NGINX, setting: 'gzip off;' };

/** @type {Remedy} */
export const HEADERS = { where: IN_NGINX, setting: 'proxy_pass_request_headers on;' };

/** @type {Remedy} */
export const TLS = { where: 'For nginx, in the server:', setting: 'listen 443 ssl http2;' };

/** @type {Remedy} */
export const ADDRESS = {
  where: 'For nginx, in the server; and PULSE_TRUSTED_PROXIES=1 for Pulse itself:',
  setting: 'proxy_set_header Host $http_host;\nproxy_set_header X-Forwarded-Proto $scheme;',
};

/**
 * @param {number} heartbeat  seconds
 * @returns {Remedy}
 */
export const readTimeout = (heartbeat) => ({
  where: IN_NGINX,
  setting: `proxy_read_timeout ${Math.ceil(2.5 * heartbeat)}s;  # well above the heartbeat of ${heartbeat} s`,
});
