// X01: tests what is taken for a user code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readUserCode, showUserCode, userCodeAlphabet, userCodeLength } from './user-code.ts';

test('there are more than 2^34 codes, without vowels and without letters that look like digits', () => {
  assert.ok(Math.log2(new Set(userCodeAlphabet).size ** userCodeLength) > 34);
  assert.doesNotMatch(userCodeAlphabet, /[AEIOUY01]/);
});

test('a code is recognised in any case, full width, and with anything between its halves', () => {
  for (const typed of [
    'BCDF-GHJK',
    'bcdfghjk',
    ' bcdf ghjk ',
    'Bcdf–ghJK',
    'ＢＣＤＦ－ＧＨＪＫ',
    'b c d f g h j k',
    'bcdf_ghjk',
  ]) {
    assert.equal(readUserCode(typed), 'BCDFGHJK', typed);
  }
});

test('what is no code is not taken for one', () => {
  for (const typed of [
    '',
    'BCDFGHJ',
    'BCDFGHJKL',
    'ACDFGHJK',
    '12345678',
    'BCDF/GHJK',
    'BCDFGHJK\0',
    'ВCDFGHJK',
    '😀'.repeat(4),
  ]) {
    assert.equal(readUserCode(typed), undefined, JSON.stringify(typed));
  }
});

test('every code that is shown is read back, and nothing else comes out of any text', () => {
  const letter = fc.constantFrom(...userCodeAlphabet);
  const code = fc.string({ unit: letter, minLength: userCodeLength, maxLength: userCodeLength });
  fc.assert(fc.property(code, (value) => readUserCode(showUserCode(value)) === value));
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const read = readUserCode(text);
      return read === undefined || (read.length === userCodeLength && readUserCode(read) === read);
    }),
  );
});
