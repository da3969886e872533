// @ts-check
/** The command that tries a token from a POSIX shell: it does what the token may. Pure. */

const EVENT = { eventType: 'message.sent', eventData: { channelId: 'general' } };
const MAY_POST = new Set(['events:write', 'events:write-as', 'admin']);

/**
 * Posts an event, or reads the figures with a token that may only read.
 *
 * @param {{token?: string, scopes: string[]}} of  without a token, the shell's variable PULSE_TOKEN stands for it
 * @param {{origin: string, slug: string}} at
 */
export function commandFor({ token, scopes }, { origin, slug }) {
  const lines = [
    `curl ${quoted(`${origin}/api/workspaces/${slug}/analytics/realtime`)}`,
    `-H ${token ? quoted(`Authorization: Bearer ${token}`) : '"Authorization: Bearer $PULSE_TOKEN"'}`,
  ];
  if (scopes.some((scope) => MAY_POST.has(scope))) {
    lines.push(`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(EVENT))}`);
  }
  return lines.join(' \\\n  ');
}

/** @param {string} word  as a shell takes it literally, and bare where that is safe */
function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}
