/** Every colour has the contrast it needs, in both themes: computed from the style sheet itself. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { COLOUR_COUNT } from '../../static/js/ui/type-colour.js';

const TEXT = 4.5; // WCAG 2.2 AA
const LARGE_FIGURE = 7; // our own
const CONTROL = 3; // WCAG 1.4.11: borders of controls, focus rings, shapes of state

const css = readFileSync(new URL('../../static/css/tokens.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name, light, dark]) => [name, { light, dark }],
  ),
);

/** Relative luminance, as WCAG defines it. */
function luminance(hex) {
  const channels = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  const [r, g, b] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function needs(least, pairs) {
  for (const [ink, ground] of pairs) {
    for (const theme of ['light', 'dark']) {
      test(`${ink} on ${ground}, ${theme}`, () => {
        const ratio = contrast(tokens.get(ink)[theme], tokens.get(ground)[theme]);
        assert.ok(ratio >= least, `${ratio.toFixed(2)} : 1 is less than ${least} : 1`);
      });
    }
  }
}

const each = (inks, grounds) => inks.flatMap((ink) => grounds.map((ground) => [ink, ground]));
const GROUNDS = ['page', 'surface', 'sunken', 'raised'];
const hues = Array.from({ length: COLOUR_COUNT }, (_, n) => `hue-${n}`);

test('the formula is the standard one', () => assert.equal(contrast('#767676', '#ffffff').toFixed(2), '4.54'));

describe('words', () => {
  needs(TEXT, each(['text', 'text-quiet', 'accent', 'accent-strong'], GROUNDS));
  needs(TEXT, each(['bad'], ['surface', 'raised']));
  needs(TEXT, [['warn', 'page'], ['on-accent', 'accent'], ['on-accent', 'accent-strong']]);
});

describe('chips, and names over bars that may end below them', () => {
  needs(TEXT, hues.map((hue) => [hue, `${hue}-tint`]));
  needs(TEXT, each(hues, ['surface']));
  needs(TEXT, hues.map((hue) => ['text', `${hue}-tint`]));
});

describe('large figures', () => needs(LARGE_FIGURE, each(['text', 'figure-old'], ['surface'])));

describe('shapes', () => {
  needs(CONTROL, each(['control-line'], ['surface', 'raised']));
  needs(CONTROL, each(['accent'], GROUNDS));
  needs(CONTROL, each(['good', 'warn', 'bad'], ['surface', 'raised']));
});
