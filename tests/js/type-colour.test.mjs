/** Each namespace has its hue. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HUES, hueOf } from '../../static/js/ui/type-colour.js';

test('types of one namespace share a hue', () => assert.equal(hueOf('task.created'), hueOf('task.failed')));

test('the namespaces seen most, side by side, differ', () => {
  const namespaces = ['message', 'reaction', 'call', 'task', 'file', 'channel'];
  const hues = new Set(namespaces.map((namespace) => hueOf(`${namespace}.happened`)));
  assert.equal(hues.size, namespaces.length);
});

test('a custom namespace keeps its hue for good', () => assert.equal(hueOf('deploy.finished'), 6));

test('custom namespaces use the whole palette', () => {
  const hues = new Set(Array.from({ length: 200 }, (_, n) => hueOf(`custom${n}.thing`)));
  assert.deepEqual([...hues].sort(), Array.from({ length: HUES }, (_, n) => n));
});

test('a name that every object has is a namespace like any other', () => {
  assert.ok(Number.isInteger(hueOf('constructor.called')));
});
