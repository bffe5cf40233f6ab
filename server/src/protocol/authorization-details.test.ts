// Tests the reading of rich authorization requests (RFC 9396 §2, §5).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refusalOf } from '#testing/refusal';
import { parseAuthorizationDetails } from './authorization-details.ts';
import { OAuthError } from './oauth-error.ts';

const api = { authorization_details: [{ type: 'payment' }, { type: 'account' }] };

test('details of the types that the API knows are taken as they are', () => {
  const details = [{ type: 'payment', amount: { value: '42', currency: 'EUR' } }, { type: 'account' }];
  assert.deepEqual(parseAuthorizationDetails(JSON.stringify(details), api), details);
});

test('other types, other shapes and too many are refused', () => {
  const many = JSON.stringify(Array.from({ length: 21 }, () => ({ type: 'payment' })));
  for (const text of ['', 'x', 'null', '{}', '[]', '[1]', '[[]]', '[{}]', '[{"type":""}]', '[{"type":7}]', many]) {
    refusalOf('invalid_authorization_details', () => parseAuthorizationDetails(text, api));
  }
  for (const none of [undefined, {}, { authorization_details: null }, { authorization_details: [] }]) {
    refusalOf('invalid_authorization_details', () => parseAuthorizationDetails('[{"type":"payment"}]', none));
  }
  refusalOf('invalid_authorization_details', () => parseAuthorizationDetails('[{"type":"payment"},{"type":"x"}]', api));
});

test('any text is read or refused', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        parseAuthorizationDetails(text, api);
      } catch (error) {
        assert.ok(error instanceof OAuthError);
      }
    }),
  );
});
