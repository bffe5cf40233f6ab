// Owns the proof that the pages' colours can be read (WCAG 2.2 §1.4.3, §1.4.11).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const css = readFileSync(new URL('./assets/login.css', import.meta.url), 'utf8');

function tokens(block: string): Map<string, string> {
  return new Map(
    [...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

const [lightBlock = '', darkBlock = ''] = css.match(/:root \{[^}]*\}/g) ?? [];
const themes = { light: tokens(lightBlock), dark: tokens(darkBlock) };

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(theme: Map<string, string>, first: string, second: string): number {
  const [dark = 0, light = 0] = [first, second]
    .map((name) => luminance(theme.get(name) ?? assert.fail(`no token ${name}`)))
    .sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ['page', 'page-cut', 'surface', 'raised'];
const texts: [string, string[]][] = [
  ['ink', [...grounds, 'danger-surface', 'line']],
  ['muted', grounds],
  ['accent', ['surface', 'raised']],
  ['accent-hover', ['surface', 'raised']],
  ['danger', ['surface', 'danger-surface']],
  ['success', ['surface']],
  ['on-accent', ['accent', 'accent-hover']],
];
const shapes: [string, string[]][] = [
  ['field-line', ['surface']],
  ['focus', grounds],
  ['danger', ['surface', 'page', 'danger-surface']],
];

for (const [name, theme] of Object.entries(themes)) {
  test(`every text of the ${name} theme has a contrast of 4.5 at least`, () => {
    for (const [text, backgrounds] of texts) {
      for (const background of backgrounds) {
        const ratio = contrast(theme, text, background);
        assert.ok(ratio >= 4.5, `${text} on ${background}: ${ratio.toFixed(2)}`);
      }
    }
  });

  test(`every field, focus and warning of the ${name} theme has a contrast of 3 at least`, () => {
    for (const [shape, backgrounds] of shapes) {
      for (const background of backgrounds) {
        const ratio = contrast(theme, shape, background);
        assert.ok(ratio >= 3, `${shape} on ${background}: ${ratio.toFixed(2)}`);
      }
    }
  });
}

test('both themes set the same colours', () => {
  assert.deepEqual([...themes.light.keys()], [...themes.dark.keys()]);
});

test('rules use the tokens, so that no colour escapes the themes', () => {
  const rest = css.replace(lightBlock, '').replace(darkBlock, '');
  assert.deepEqual(rest.match(/#[0-9a-f]{3,8}\b/g), ['#fff']);
});
