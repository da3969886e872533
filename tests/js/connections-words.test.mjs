/** What is said of an open stream. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  clientWords,
  closeAllWords,
  closeWords,
  closedWords,
  lagWords,
} from '../../static/js/pages/connections/connection-words.js';

test('a browser by its name, a token by its own, and what is neither', () => {
  assert.equal(clientWords({ via: 'session', client: 'Firefox on Linux' }), 'Firefox on Linux');
  assert.equal(clientWords({ via: 'token', client: 'Wall screen' }), 'token “Wall screen”');
  assert.equal(clientWords({ via: 'session', client: '' }), 'not a browser that we know');
});

test('who keeps up, who is a little behind, and who is worth a look', () => {
  assert.deepEqual(lagWords({ lagEvents: 0, lagSeconds: 0 }), { text: 'Up to date', tone: '' });
  assert.deepEqual(lagWords({ lagEvents: 1, lagSeconds: 0 }), { text: '1 event behind', tone: '' });
  assert.deepEqual(lagWords({ lagEvents: 1200, lagSeconds: 12.5 }), {
    text: '1,200 events behind, for 12.5 s',
    tone: 'warn',
  });
});

test('a question says whose stream it is, and how many there are', () => {
  const connection = { name: 'Vera', address: '10.0.0.7', via: 'token', client: 'Wall screen' };
  assert.equal(closeWords(connection).title, 'Close this stream of Vera’s?');
  assert.equal(closeWords(connection).detail, '10.0.0.7 · token “Wall screen”');
  assert.equal(closeAllWords(1).title, 'Close the one stream there is?');
  assert.equal(closeAllWords(5000).title, 'Close all 5,000 streams?');
});

test('afterwards it says how many were closed', () => {
  assert.equal(closedWords(0), 'It had ended already.');
  assert.equal(closedWords(1), 'One stream is closed.');
  assert.equal(closedWords(2), '2 streams are closed.');
});
