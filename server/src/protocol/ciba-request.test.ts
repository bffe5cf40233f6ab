// X05: tests the reading of backchannel authentication requests.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refusalOf } from '#testing/refusal';
import { parseCibaRequest } from './ciba-request.ts';
import { OAuthError } from './oauth-error.ts';

const issuer = 'https://id.example.com/';
const read = (fields: Record<string, string>) =>
  parseCibaRequest(new Map(Object.entries({ scope: 'openid', login_hint: 'hana@example.com', ...fields })), issuer);

test('a request lives five minutes unless it asks for another time', () => {
  assert.deepEqual(read({}), { hint: { kind: 'email', email: 'hana@example.com' }, expires_in: 300 });
  assert.equal(read({ requested_expiry: '259200' }).expires_in, 259_200);
});

test('a message that an eye reads in another order than a computer is refused', () => {
  for (const mark of ['\u061c', '\u200e', '\u200f', '\u202a', '\u202e', '\u2066', '\u2069', '\u00ad', '\ufeff']) {
    refusalOf('invalid_binding_message', () => read({ binding_message: `a${mark}b` }));
  }
  assert.equal(read({ binding_message: 'שלום 42' }).binding_message, 'שלום 42');
});

test('whatever is sent is read or refused, and a message that is taken is short and visible', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.json(),
    fc.constantFrom('openid', '300', '{}'),
  );
  const name = fc.constantFrom(
    'scope',
    'login_hint',
    'id_token_hint',
    'binding_message',
    'requested_expiry',
    'request',
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
      try {
        const { binding_message = 'x', expires_in } = read(Object.fromEntries(pairs));
        assert.ok([...binding_message].length <= 64 && !/[\p{C}\p{Zl}\p{Zp}]/u.test(binding_message));
        assert.ok(expires_in >= 1 && expires_in <= 259_200);
      } catch (error) {
        assert.ok(error instanceof OAuthError, String(error));
      }
    }),
  );
});
