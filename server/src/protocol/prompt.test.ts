// Tests the prompt parameter.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalOf } from '../testing/refusal.ts';
import { parsePrompt, prompts } from './prompt.ts';

test('every prompt is taken, and several together, each once', () => {
  for (const prompt of prompts) assert.deepEqual(parsePrompt(prompt), [prompt]);
  assert.deepEqual(parsePrompt('login consent login'), ['login', 'consent']);
  assert.deepEqual(parsePrompt(undefined), []);
});

test('none together with another prompt is refused (OpenID Connect Core §3.1.2.1)', () => {
  for (const prompt of ['none login', 'consent none', 'select_account none login']) {
    refusalOf('invalid_request', () => parsePrompt(prompt));
  }
});

test('a new account is not one to choose among those that there are', () => {
  refusalOf('invalid_request', () => parsePrompt('create select_account'));
  assert.deepEqual(parsePrompt('create consent'), ['create', 'consent']);
});

test('an unknown prompt is refused', () => {
  for (const prompt of ['None', 'created', 'login,consent', 'login\tconsent', '__proto__']) {
    refusalOf('invalid_request', () => parsePrompt(prompt));
  }
});
