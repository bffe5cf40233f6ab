// Tests how access tokens are presented.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalOf } from '../testing/refusal.ts';
import { MissingToken, presentedAccessToken } from './bearer.ts';

const read = (authorization: string | undefined, form: Record<string, string> = {}) =>
  presentedAccessToken(authorization, new Map(Object.entries(form)));
const token = (...request: Parameters<typeof read>) => read(...request).token;

test('the scheme is read in any case, and one space follows it', () => {
  for (const scheme of ['Bearer', 'bearer', 'BEARER'])
    assert.equal(token(`${scheme} abc.def_ghi-1~+/=`), 'abc.def_ghi-1~+/=');
});

test('T09: anything else around the token is refused', () => {
  for (const header of [
    'Bearer  abc',
    'Bearer\tabc',
    'Bearer abc ',
    ' Bearer abc',
    'Bearer abc def',
    'Bearer abc, Bearer def',
    'Bearer',
    'Bearer ',
    'Bearerabc',
    'Basic abc',
    'DPoP  abc',
    'DPoP',
    'DPoP: abc',
    'abc',
    '',
    'Bearer ab\n',
  ]) {
    refusalOf('invalid_request', () => read(header));
  }
});

test('what cannot be a token is handed on, to be refused as an invalid one (RFC 6750 §3.1)', () => {
  for (const text of ['a"b', 'invalid:token', '<>']) assert.equal(token(`Bearer ${text}`), text);
});

test('the scheme says whether the token is presented with a proof', () => {
  assert.deepEqual(read('dpop abc'), { token: 'abc', scheme: 'DPoP' });
  assert.deepEqual(read('bearer abc'), { token: 'abc', scheme: 'Bearer' });
  assert.deepEqual(read(undefined, { access_token: 'abc' }), { token: 'abc', scheme: 'Bearer' });
});

test('T09: a token in the header and another in the form are refused', () => {
  refusalOf('invalid_request', () => read('Bearer abc', { access_token: 'abc' }));
  assert.equal(token(undefined, { access_token: 'abc' }), 'abc');
});

test('who sends no token at all is told no error code (RFC 6750 §3.1)', () => {
  assert.ok(refusalOf('invalid_token', () => read(undefined)) instanceof MissingToken);
});
