// Tests what counts as a code challenge and a code verifier.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sha256 } from '#crypto/digest';
import { refusalOf } from '../testing/refusal.ts';
import { isCodeVerifier, parseCodeChallenge } from './pkce.ts';

// RFC 7636 appendix B.
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

const parse = (parameters: Record<string, string>) => parseCodeChallenge(new Map(Object.entries(parameters)));

test('the example of RFC 7636 appendix B is taken', () => {
  assert.ok(isCodeVerifier(verifier));
  assert.equal(sha256(verifier), challenge);
  assert.equal(parse({ code_challenge: challenge, code_challenge_method: 'S256' }), challenge);
});

test('no challenge is no challenge', () => {
  assert.equal(parse({}), undefined);
});

test('C06: every method but S256 is refused, and so is none, which would mean plain', () => {
  for (const code_challenge_method of ['plain', 's256', 'S512', 'none', 'S256 ', 'S256\0', '__proto__']) {
    refusalOf('invalid_request', () => parse({ code_challenge: challenge, code_challenge_method }));
  }
  refusalOf('invalid_request', () => parse({ code_challenge: challenge }));
  refusalOf('invalid_request', () => parse({ code_challenge_method: 'S256' }));
});

test('a challenge that no SHA-256 digest looks like is refused', () => {
  const last = `${challenge.slice(0, -1)}N`;
  for (const wrong of [
    challenge.slice(1),
    `${challenge}A`,
    `${challenge}=`,
    challenge.replace('-', '+'),
    ` ${challenge.slice(1)}`,
    last,
    `${challenge}\n`,
  ]) {
    refusalOf('invalid_request', () => parse({ code_challenge: wrong, code_challenge_method: 'S256' }));
  }
});

test('C07: a verifier has 43 to 128 unreserved characters', () => {
  assert.ok(isCodeVerifier('a'.repeat(43)));
  assert.ok(isCodeVerifier('Z9-._~'.repeat(21)));
  assert.ok(isCodeVerifier('a'.repeat(128)));
  for (const wrong of [
    '',
    'a',
    'a'.repeat(42),
    'a'.repeat(129),
    `${'a'.repeat(43)}+`,
    `${'a'.repeat(43)}\n`,
    `${'a'.repeat(43)} `,
    `${'a'.repeat(43)}é`,
    `${'a'.repeat(43)}%20`,
  ]) {
    assert.equal(isCodeVerifier(wrong), false, wrong);
  }
});

test('the digest of whatever is a verifier is a challenge that is taken', () => {
  const unreserved = [...'ABCXYZabcxyz0189-._~'];
  const verifiers = fc.string({ unit: fc.constantFrom(...unreserved), minLength: 43, maxLength: 128 });
  fc.assert(
    fc.property(verifiers, (text) => {
      assert.ok(isCodeVerifier(text));
      assert.equal(parse({ code_challenge: sha256(text), code_challenge_method: 'S256' }), sha256(text));
    }),
  );
});

test('whatever is sent as challenge and method, it is taken whole or refused', () => {
  const texts = fc.oneof(fc.string(), fc.base64String(), fc.constantFrom(challenge, 'S256', ''));
  fc.assert(
    fc.property(texts, texts, (code_challenge, code_challenge_method) => {
      try {
        assert.equal(parse({ code_challenge, code_challenge_method }), code_challenge);
        assert.equal(code_challenge_method, 'S256');
      } catch (error) {
        refusalOf('invalid_request', () => {
          throw error;
        });
      }
    }),
  );
});
