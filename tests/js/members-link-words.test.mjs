import assert from 'node:assert/strict';
import { test } from 'node:test';

import { invitationWords, resetWords } from '../../static/js/pages/members/link-words.js';

const made = { id: '1', email: 'nina@acme.test', role: 'viewer', expiresAt: '', url: 'https://pulse.test/invite/x' };

test('an invitation says whom it is for, and that it works once', () => {
  const { title, words, url } = invitationWords(made, false);
  assert.equal(title, 'nina@acme.test is invited as viewer');
  assert.match(words, /^Send this link to nina@acme\.test\. It works once, within seven days/);
  assert.equal(url, made.url);
});

test('where mail is sent, the link need not be handed over', () => {
  assert.match(invitationWords(made, true).words, /^A mail is on its way to nina@acme\.test\. You may also/);
});

test('a link for a new password says whose, and that it is for them only', () => {
  const { title, words } = resetWords({ name: 'Vera', email: 'vera@acme.test' }, 'https://pulse.test/reset/x');
  assert.equal(title, 'A new password for Vera');
  assert.match(words, /Vera \(vera@acme\.test\) only/);
});
