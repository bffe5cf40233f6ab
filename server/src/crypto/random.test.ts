// Tests that ids and secrets have the form they promise, and that none comes twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomAlphanumeric, randomHex, randomId, randomSecret } from './random.ts';

test('ids and secrets have their lengths and alphabets', () => {
  assert.match(randomId(), /^[\w-]{22}$/);
  assert.match(randomSecret(), /^[\w-]{43}$/);
  assert.match(randomHex(12), /^[0-9a-f]{24}$/);
  assert.match(randomAlphanumeric(32), /^[A-Za-z0-9]{32}$/);
});

test('no id comes twice, however many are asked for', () => {
  const count = 10_000;
  assert.equal(new Set(Array.from({ length: count }, () => randomId())).size, count);
});

test('every bit of an id is sometimes 0 and sometimes 1', () => {
  const ids = Array.from({ length: 2000 }, () => Buffer.from(randomId(), 'base64url'));
  for (let bit = 0; bit < 128; bit += 1) {
    const ones = ids.filter((id) => ((id[bit >> 3] ?? 0) >> (bit & 7)) & 1).length;
    assert.ok(ones > 700 && ones < 1300, `bit ${bit} was set ${ones} times of 2000`);
  }
});
