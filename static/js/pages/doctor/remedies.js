// @ts-check
/**
 * The proxy settings that correct the doctor's findings, for nginx and other proxies. tests/end_to_end/test_proxies.py
 * runs all of them against these proxies.
 */

/**
 * @typedef {'caddy' | 'haproxy' | 'apache' | 'varnish'} OtherProxy
 *
 * @typedef {object} Remedy
 * @property {string} where
 * @property {string} setting  for nginx
 * @property {Partial<Record<OtherProxy, string>>} [others]  the same for other proxies that need it
 */

const IN_NGINX = 'For nginx, in the location of the stream (deploy/nginx/pulse.conf has all of it):';
/** @type {Record<OtherProxy, string>} */
const NAMES = { caddy: 'Caddy', haproxy: 'HAProxy', apache: 'Apache', varnish: 'Varnish' };

/**
 * Compression buffers a stream too, until there is enough to compress. Only HAProxy respects `no-transform`.
 */
const UNCOMPRESSED = {
  caddy: '@compressed not header Accept text/event-stream*\nencode @compressed zstd gzip',
  haproxy: 'compression type text/html text/css text/javascript application/json  # not text/event-stream',
  apache: 'SetEnvIf Request_URI "/analytics/realtime$" no-gzip no-brotli',
  varnish: 'sub vcl_recv { if (req.http.Accept ~ "text/event-stream") { return (pipe); } }',
};

/** @type {Remedy} */
export const BUFFERING = {
  where: IN_NGINX,
  setting: 'proxy_buffering off;\nproxy_http_version 1.1;\nproxy_set_header Connection "";',
  others: {
    ...UNCOMPRESSED,
    apache: `${UNCOMPRESSED.apache}\nProxyPass / http://127.0.0.1:8000/ flushpackets=on`,
  },
};

/** @type {Remedy} */
export const COMPRESSION = { where: IN_NGINX, setting: 'gzip off;', others: UNCOMPRESSED };

/** @type {Remedy} */
export const HEADERS = { where: IN_NGINX, setting: 'proxy_pass_request_headers on;' };

/** @type {Remedy} */
export const TLS = {
  where: 'For nginx, in the server:',
  setting: 'listen 443 ssl http2;',
  others: { haproxy: 'bind :443 ssl crt /etc/ssl/private/pulse.pem alpn h2,http/1.1', apache: 'Protocols h2 http/1.1' },
};

/** @type {Remedy} */
export const ADDRESS = {
  where: 'For nginx, in the server; and PULSE_TRUSTED_PROXIES=1 for Pulse itself:',
  setting: 'proxy_set_header Host $http_host;\nproxy_set_header X-Forwarded-Proto $scheme;',
  others: {
    haproxy: 'http-request set-header X-Forwarded-Proto https if { ssl_fc }',
    apache: 'ProxyPreserveHost On\nRequestHeader set X-Forwarded-Proto expr=%{REQUEST_SCHEME}',
  },
};

/**
 * @param {number} heartbeat  seconds
 * @returns {Remedy}
 */
export function readTimeout(heartbeat) {
  const seconds = Math.ceil(2.5 * heartbeat);
  return {
    where: IN_NGINX,
    setting: `proxy_read_timeout ${seconds}s;  # well above the heartbeat of ${heartbeat} s`,
    others: {
      haproxy: `timeout client ${seconds}s\ntimeout server ${seconds}s`,
      apache: `ProxyTimeout ${seconds}`,
      varnish: `# as a parameter of varnishd: -p pipe_timeout=${seconds}`,
    },
  };
}

/**
 * A remedy for the other proxies, as one text; "" if none of them needs it.
 * @param {Remedy} remedy
 */
export const othersText = ({ others = {} }) =>
  Object.entries(others)
    .map(([proxy, setting]) => `# ${NAMES[/** @type {OtherProxy} */ (proxy)]}\n${setting}`)
    .join('\n\n');
