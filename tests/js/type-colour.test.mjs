/** Each namespace has its colour. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COLOUR_COUNT, typeColour } from '../../static/js/ui/type-colour.js';

test('types of one namespace share a colour', () => assert.equal(typeColour('task.created'), typeColour('task.failed')));

test('known namespaces differ', () => {
  const namespaces = ['message', 'reaction', 'call', 'task', 'file', 'channel'];
  const hues = new Set(namespaces.map((namespace) => typeColour(`${namespace}.happened`)));
  assert.equal(hues.size, namespaces.length);
});

test('a custom namespace keeps its colour', () => assert.equal(typeColour('deploy.finished'), 6));

test('custom namespaces use all colours', () => {
  const hues = new Set(Array.from({ length: 200 }, (_, n) => typeColour(`custom${n}.thing`)));
  assert.deepEqual([...hues].sort(), Array.from({ length: COLOUR_COUNT }, (_, n) => n));
});

test('a namespace like a property of Object', () => {
  assert.ok(Number.isInteger(typeColour('constructor.called')));
});
