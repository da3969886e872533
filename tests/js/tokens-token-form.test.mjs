/** The form for a new token: what it says, and what is wrong with it. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { expiryOf, faultsOf, wantedToken } from '../../static/js/pages/tokens/token-form.js';

const NOW = Date.parse('2025-12-06T12:00:00Z');

function form(...fields) {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  return data;
}

describe('what is wanted', () => {
  test('has every scope that is ticked, and when it ends', () => {
    const filled = form(['name', 'Build server'], ['scopes', 'events:write'], ['scopes', 'stats:read'], ['lifetime', '90']);
    assert.deepEqual(wantedToken(filled, NOW), {
      name: 'Build server',
      scopes: ['events:write', 'stats:read'],
      expiresAt: '2026-03-06T12:00:00.000Z',
    });
  });

  test('leaves the end out where there is none', () => {
    const filled = form(['name', 'Build server'], ['scopes', 'admin'], ['lifetime', 'never']);
    assert.deepEqual(wantedToken(filled, NOW), { name: 'Build server', scopes: ['admin'] });
  });

  test('is sent as it is, for the server to judge', () => {
    assert.deepEqual(wantedToken(form(['name', ' '], ['lifetime', 'never']), NOW), { name: ' ', scopes: [] });
  });

  test('ends after whole days', () => {
    assert.equal(expiryOf('30', NOW), Date.parse('2026-01-05T12:00:00Z'));
    assert.equal(expiryOf('never', NOW), null);
  });
});

describe("the server's answer", () => {
  const none = { name: [], scopes: [], expiresAt: [], form: [] };
  const answer = (errors) => ({ message: 'Some fields are not valid.', errors });

  test('about a field goes to the field', () => {
    const errors = { name: ['Too long.'], scopes: ['Name at least one scope.'], expiresAt: ['Must lie ahead.'] };
    assert.deepEqual(faultsOf(answer(errors)), { ...none, ...errors });
  });

  test('about one of the scopes goes to the scopes', () => {
    assert.deepEqual(faultsOf(answer({ 'scopes.1': ['Must be one of: a, b.'] })).scopes, ['Must be one of: a, b.']);
  });

  test('about something else goes to the form, with its name', () => {
    assert.deepEqual(faultsOf(answer({ colour: ['Unknown field.'] })).form, ['colour: Unknown field.']);
  });

  test('about no field is for the form as it is', () => {
    const lost = { message: 'The server cannot be reached.', errors: null };
    assert.deepEqual(faultsOf(lost), { ...none, form: ['The server cannot be reached.'] });
  });
});
