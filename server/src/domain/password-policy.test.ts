// Tests what a new password must be like.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isOverlong,
  longestPassword,
  type PasswordPolicy,
  type PasswordSettings,
  passwordRulesOf,
  unmetRules,
} from './password-policy.ts';

const unmetOf = (password: string, settings: PasswordSettings) =>
  unmetRules(password, passwordRulesOf(settings), 'yamada@example.com').map(({ rule }) => rule);
const unmet = (password: string, policy: PasswordPolicy) => unmetOf(password, { passwordPolicy: policy });

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
  assert.deepEqual(
    unmetRules('bob-Bob-1', passwordRulesOf({}), 'bob@example.com'),
    [],
    'a name of three letters says too little',
  );
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

test("a policy's length, words and personal data can be set apart", () => {
  const passwordPolicy = 'low';
  assert.deepEqual(unmetOf('abcdefgh', { passwordPolicy, password_complexity_options: { min_length: 9 } }), [
    'min-length',
  ]);
  const password_dictionary = { enable: true, dictionary: ['Opensesame'] };
  assert.deepEqual(unmetOf('openSesame', { passwordPolicy, password_dictionary }), ['not-listed']);
  assert.deepEqual(
    unmetOf('openSesame', { passwordPolicy, password_dictionary: { ...password_dictionary, enable: false } }),
    [],
  );
  const password_no_personal_info = { enable: true };
  assert.deepEqual(unmetOf('yamada', { passwordPolicy: 'none', password_no_personal_info }), ['not-personal']);
});

test('without a policy the newer settings count, with one they do not, and without both it is good', () => {
  const password_options = { complexity: { min_length: 3 } };
  assert.deepEqual(unmetOf('abc', { password_options }), []);
  assert.deepEqual(unmetOf('abc', { passwordPolicy: 'low', password_options }), ['min-length']);
  assert.deepEqual(unmetOf('abc', {}), ['min-length', 'character-kinds']);
});

test('the newer settings demand kinds of characters, and refuse rows, sequences, words and personal data', () => {
  const broken = (password: string, complexity: object) => unmetOf(password, { password_options: { complexity } });
  const all = { character_types: ['uppercase', 'special'], character_type_rule: 'all' };
  assert.deepEqual(broken('lower1', all), ['uppercase', 'special']);
  assert.deepEqual(broken('lower-1', all), ['uppercase']);
  assert.deepEqual(broken('Upper-1', all), []);
  assert.deepEqual(broken('lower-case', { character_type_rule: 'three_of_four' }), ['character-kinds']);
  assert.deepEqual(broken('aaa', { identical_characters: 'block' }), ['repeated']);
  for (const sequence of ['xabcx', 'x321x', 'xCbAx']) {
    assert.deepEqual(broken(sequence, { sequential_characters: 'block' }), ['not-sequential']);
  }
  assert.deepEqual(broken('ab12ba21', { sequential_characters: 'block' }), []);
  assert.deepEqual(broken('abc', { sequential_characters: 'allow' }), []);
  const dictionary = { active: true, custom: ['secret'] };
  assert.deepEqual(unmetOf('SECRET', { password_options: { dictionary } }), ['not-listed']);
  assert.deepEqual(unmetOf('yamada', { password_options: { profile_data: { active: true } } }), ['not-personal']);
});
