/** The command that tries a token, as a shell reads it. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { commandFor } from '../../static/js/pages/tokens/curl-command.js';

const AT = { origin: 'https://pulse.example', slug: 'acme' };
const URL = 'https://pulse.example/api/workspaces/acme/analytics/realtime';
const POST = ['-H', 'Content-Type: application/json', '-d', '{"eventType":"message.sent","eventData":{"channelId":"general"}}'];

/** The words that the command `curl` would get, from a real shell. */
function words(command, env = {}) {
  const script = `curl() { printf '%s\\n' "$@"; }\n${command}`;
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', env }).split('\n').slice(0, -1);
}

for (const scope of ['events:write', 'events:write-as', 'admin']) {
  test(`posts an event with the scope ${scope}`, () => {
    const command = commandFor({ token: 'pulse_0a', scopes: ['stats:read', scope] }, AT);
    assert.deepEqual(words(command), [URL, '-H', 'Authorization: Bearer pulse_0a', ...POST]);
  });
}

test('reads the figures with a token that may only read', () => {
  const command = commandFor({ token: 'pulse_0a', scopes: ['stats:read'] }, AT);
  assert.deepEqual(words(command), [URL, '-H', 'Authorization: Bearer pulse_0a']);
});

test('takes the token from the shell while there is none', () => {
  const command = commandFor({ scopes: ['events:write'] }, AT);
  const env = { PULSE_TOKEN: 'pulse_0b' };
  assert.deepEqual(words(command, env), [URL, '-H', 'Authorization: Bearer pulse_0b', ...POST]);
});

describe('an address that means something to a shell', () => {
  for (const origin of ["http://a'b", 'http://[::1]:8000', 'http://$(id)`id`&;']) {
    test(`${origin} stays an address`, () => {
      const [url] = words(commandFor({ token: 'pulse_0a', scopes: ['stats:read'] }, { ...AT, origin }));
      assert.equal(url, `${origin}/api/workspaces/acme/analytics/realtime`);
    });
  }
});
