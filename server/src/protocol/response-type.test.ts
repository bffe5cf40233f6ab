// Tests which response types there are, and that the order of their parts doesn't matter.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findResponseType, gives, isFrontChannel, responseTypes } from './response-type.ts';

test('a response type is known in whatever order its parts stand (OAuth 2.0 Multiple Response Types §3)', () => {
  const shuffled = fc.constantFrom(...responseTypes).chain((type) => {
    const parts = type.split(' ');
    return fc.tuple(fc.constant(type), fc.shuffledSubarray(parts, { minLength: parts.length }));
  });
  fc.assert(fc.property(shuffled, ([type, parts]) => assert.equal(findResponseType(parts.join(' ')), type)));
});

test('none, repetitions, other cases and other spaces are no response types', () => {
  for (const name of [
    '',
    'none',
    'Code',
    'code code',
    ' code',
    'code  token',
    'id_token,token',
    '__proto__',
    'code none',
  ])
    assert.equal(findResponseType(name), undefined, name);
});

test('only code alone stays out of the front channel', () => {
  assert.deepEqual(
    responseTypes.filter((type) => !isFrontChannel(type)),
    ['code'],
  );
  assert.equal(gives('id_token', 'token'), false);
  assert.equal(gives('code id_token', 'id_token'), true);
});
