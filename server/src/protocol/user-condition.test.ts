// Tests conditions on people: what matches a pattern, and that texts are ordered as the databases order them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Pattern } from './lucene-tokens.ts';
import { compareTexts, matchesPattern } from './user-condition.ts';

const any = { wildcard: 'any' } as const;
const one = { wildcard: 'one' } as const;

test('a pattern means what its wildcards say', () => {
  const cases: readonly (readonly [Pattern, string, boolean])[] = [
    [[any], '', true],
    [[one], '', false],
    [[one], '𝒳', true],
    [['jo', any], 'john', true],
    [['jo', any], 'ajohn', false],
    [[any, 'hn'], 'john', true],
    [[any, 'hn'], 'johns', false],
    [['j', any, 'n'], 'john', true],
    [['j', one, 'hn'], 'john', true],
    [[any, 'a', any, 'a'], 'ab', false],
    [['a.c'], 'abc', false],
  ];
  for (const [pattern, text, matches] of cases) assert.equal(matchesPattern(pattern, text), matches, text);
});

test('a pattern matches as the regular expression does that says the same', () => {
  const part = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 1, maxLength: 3 }),
    fc.constantFrom(any, one),
  );
  const property = fc.property(
    fc.array(part, { maxLength: 6 }),
    fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 }),
    (pattern, text) => {
      const source = pattern.map((each) =>
        typeof each === 'string' ? RegExp.escape(each) : each === any ? '.*' : '.',
      );
      assert.equal(matchesPattern(pattern, text), new RegExp(`^${source.join('')}$`, 's').test(text));
    },
  );
  fc.assert(property);
});

test('the worst of patterns is done with long texts in no time', () => {
  const pattern = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? any : 'a'));
  assert.equal(matchesPattern([...pattern, 'b'], 'a'.repeat(5000)), false);
});

test("texts are in the order of their UTF-8 bytes, which is the databases' order", () => {
  const property = fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
    const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
    assert.equal(Math.sign(compareTexts(a, b)), bytes);
  });
  fc.assert(property);
  assert.ok(compareTexts('\u{1F600}', '\uFF5E') > 0);
});
