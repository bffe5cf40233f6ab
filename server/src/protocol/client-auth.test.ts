// Tests how applications present their credentials.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refusalOf } from '../testing/refusal.ts';
import { presentedCredentials } from './client-auths.ts';
import { OAuthError } from './oauth-error.ts';

const present = (authorization: string | undefined, form: Record<string, string> = {}) =>
  presentedCredentials(authorization, new Map(Object.entries(form)));
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

test('the credentials are read from the header or from the body', () => {
  assert.deepEqual(present(basic('app:s3cret')), { client_id: 'app', client_secret: 's3cret' });
  assert.deepEqual(present(undefined, { client_id: 'app', client_secret: 's3cret' }), {
    client_id: 'app',
    client_secret: 's3cret',
  });
  assert.deepEqual(present(undefined, { client_id: 'app' }), { client_id: 'app' });
});

test('in the header, id and secret are form-encoded, and the secret may hold a colon (RFC 6749 §2.3.1)', () => {
  assert.deepEqual(present(basic('a%3Ab:c%2Bd+e:%25')), { client_id: 'a:b', client_secret: 'c+d e:%' });
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string(), (client_id, client_secret) => {
      fc.pre(
        client_id.isWellFormed() && client_secret.isWellFormed() && !`${client_id}${client_secret}`.includes('\0'),
      );
      const text = `${encodeURIComponent(client_id)}:${encodeURIComponent(client_secret)}`;
      assert.deepEqual(present(basic(text)), { client_id, client_secret });
    }),
  );
});

test('T01: a secret in the header and another in the body are refused, even the same one', () => {
  refusalOf('invalid_request', () => present(basic('app:s3cret'), { client_id: 'app', client_secret: 's3cret' }));
});

test('T01: a body that names another client than the header is refused', () => {
  assert.deepEqual(present(basic('app:s3cret'), { client_id: 'app' }), { client_id: 'app', client_secret: 's3cret' });
  refusalOf('invalid_request', () => present(basic('app:s3cret'), { client_id: 'other' }));
});

test('no credentials at all are invalid_client', () => {
  refusalOf('invalid_client', () => present(undefined));
});

test('a secret without a client_id is refused', () => {
  refusalOf('invalid_request', () => present(undefined, { client_secret: 's3cret' }));
});

test('T01, D14: a malformed header is refused', () => {
  for (const header of [
    '',
    'Basic',
    'Basic ',
    'Basic A',
    'Basic AAAAA',
    'Basic !!!!',
    'Bearer abc',
    basic('app'),
    basic(':secret'),
    basic('%zz:secret'),
    basic('app:%e0%a4'),
    basic('a%00:x'),
    basic('a\0:x'),
    `${basic('app:x')}==`,
  ]) {
    refusalOf('invalid_request', () => present(header, { client_id: 'app' }));
  }
});

test('D14: whatever the header holds, it is read or refused with an OAuthError', () => {
  const headers = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...'Aa+/=:% ') }).map((text) => `Basic ${text}`),
    fc.string({ unit: 'binary' }).map(basic),
  );
  fc.assert(
    fc.property(headers, (header) => {
      try {
        present(header);
      } catch (error) {
        assert.ok(error instanceof OAuthError, String(error));
      }
    }),
  );
});
