// Tests the choice of language.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { acceptedLanguages, chooseLocale, locales } from './locale.ts';

const forHeader = (header: string | undefined) => chooseLocale(acceptedLanguages(header), 'en');

test('the browser gets the language that it likes best of those that we speak', () => {
  assert.equal(forHeader('ja'), 'ja');
  assert.equal(forHeader('ja-JP,ja;q=0.9,en-US;q=0.8,en;q=0.7'), 'ja');
  assert.equal(forHeader('fr, en;q=0.5, ja;q=0.8'), 'ja');
  assert.equal(forHeader('en;q=0.9, ja;q=0.9'), 'en', 'the first of equals');
  assert.equal(forHeader('fr'), 'en');
  assert.equal(forHeader(undefined), 'en');
});

test('a language with the quality 0 is not wanted (RFC 9110 §12.4.2)', () => {
  assert.equal(forHeader('ja;q=0, en'), 'en');
  assert.equal(forHeader('JA;Q=0.000'), 'en');
  assert.equal(forHeader('en;q=0.1, ja ; Q=0.5'), 'ja');
});

test('regions, scripts and upper case are passed over', () => {
  assert.equal(forHeader('JA-Jpan-JP'), 'ja');
  assert.equal(chooseLocale(['EN-gb'], 'ja'), 'en');
  assert.equal(chooseLocale(['jam', 'english', 'ja_JP'], 'en'), 'en');
});

test('names of the language are no languages', () => {
  assert.equal(chooseLocale(['__proto__', 'constructor', 'toString'], 'ja'), 'ja');
});

test('D08: whatever the header holds, some language is chosen, best quality first', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'jaen,;q=0.19- *'), maxLength: 2000 })),
      (header) => {
        assert.ok(locales.includes(forHeader(header)));
      },
    ),
  );
});
