// Tests what a new password must be like.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOverlong, longestPassword, type PasswordPolicy, unmetRules } from './password-policy.ts';

const unmet = (password: string, policy: PasswordPolicy) =>
  unmetRules(password, policy, 'yamada@example.com').map(({ rule }) => rule);

test('P17: a policy says every rule that a password breaks', () => {
  assert.deepEqual(unmet('', 'none'), ['min-length']);
  assert.deepEqual(unmet('x', 'none'), []);
  assert.deepEqual(unmet('abcde', 'low'), ['min-length']);
  assert.deepEqual(unmet('password', 'good'), ['character-kinds']);
  assert.deepEqual(unmet('Passw0rd', 'good'), []);
  assert.deepEqual(unmet('aaa', 'excellent'), ['min-length', 'character-kinds', 'repeated']);
  assert.deepEqual(unmet('Passswwwd-10', 'excellent'), ['repeated']);
});

test('P17: a password that holds the name of its own address is refused, in any case', () => {
  assert.deepEqual(unmet('xYaMaDa-1990', 'low'), ['not-personal']);
  assert.deepEqual(unmetRules('bob-Bob-1', 'good', 'bob@example.com'), [], 'a name of three letters says too little');
});

test('a character outside the basic plane counts as one', () => {
  assert.deepEqual(unmet('😀😀😀', 'low'), ['min-length']);
  assert.deepEqual(unmet('パスワード💮', 'low'), []);
});

test('P13: a password of more than 1,024 bytes is overlong, however few characters they are', () => {
  assert.equal(isOverlong('x'.repeat(longestPassword)), false);
  assert.equal(isOverlong('x'.repeat(longestPassword + 1)), true);
  assert.equal(isOverlong('あ'.repeat(341)), false);
  assert.equal(isOverlong('あ'.repeat(342)), true);
  assert.equal(isOverlong('x'.repeat(50_000_000)), true);
});
