// Tests which claims of its own a deployment may put into tokens (T14).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { refusalOf } from '../testing/refusal.ts';
import { customClaims, reservedClaims } from './custom-claims.ts';
import { OAuthError } from './oauth-error.ts';

const refused = (claims: Record<string, unknown>, sentence: RegExp) =>
  assert.match(refusalOf('invalid_request', () => customClaims(claims)).description, sentence);
const accepted = (claims: Record<string, unknown>) => assert.deepEqual(customClaims(claims), claims);

test('names of one’s own are accepted, as URLs and plain', () => {
  accepted({});
  accepted({ 'https://example.com/plan': 'gold', department: 'R&D', levels: [1, 2], nested: { sub: 'a', deep: null } });
});

describe('T14: what tokens say already cannot be said otherwise', () => {
  for (const name of 'iss sub aud exp iat nbf jti azp scope permissions sid cnf act client_id gty org_id'.split(' ')) {
    test(`${name} is refused`, () => refused({ [name]: 'x' }, new RegExp(`^The claim ${name} is the server's own`)));
  }

  test('whatever their case, and beside claims that are all right', () => {
    for (const name of reservedClaims) {
      refused({ fine: 1, [name.toUpperCase()]: 'x' }, /is the server's own/);
      refused(JSON.parse(`{"fine":1,"${name}":{}}`), /is the server's own/);
    }
    refused({ 'urn:auth0:mfa': 'x' }, /reserved/);
  });

  test('a name that cannot be read is refused', () => {
    for (const name of ['', 'x'.repeat(257), 'a\nb', 'a\u202eb', '\0'])
      refused({ [name]: 'x' }, /printable characters/);
  });
});

describe('what anyone could read is refused', () => {
  const because = /Who holds a token can read all that it says/;
  const secrets: readonly (readonly [string, unknown])[] = [
    ['password', 'hunter2'],
    ['https://example.com/client_secret', 'x'],
    ['api_key', 'x'],
    ['settings', { mail: { apiKey: 'x' } }],
    ['list', [{ refresh_token: 'x' }]],
    ['key', '-----BEGIN PRIVATE KEY-----\nMII'],
    ['card', '4111 1111 1111 1111'],
    ['card', 4111111111111111],
    ['card', ['378282246310005']],
    ['number', '123456789018'],
    ['number', '1234-5678-9018'],
    ['number', 123456789018],
  ];
  for (const [name, value] of secrets) {
    test(`${name}: ${JSON.stringify(value)}`, () => refused({ [name]: value }, because));
  }

  test('what only resembles it is not', () => {
    accepted({ passwords_changed: 3, secretary: 'Aiko', card: '4111 1111 1111 1112', number: '123456789012' });
    accepted({ account_id: '123456789018', at: 1_700_000_000_000, zip: '1234567' });
  });
});

test('claims that would make the token too long are refused, and such as are no JSON', () => {
  refused({ text: 'x'.repeat(4096) }, /longer than 4096/);
  accepted({ text: 'x'.repeat(4000) });
  refused({ number: 1n }, /Claims are a JSON object/);
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  refused({ circle }, /Claims are a JSON object/);
});

test('T14: claims that turn into others when they are written are judged by what they turn into', () => {
  refused({ toJSON: () => ({ sub: 'auth0|somebody-else' }) }, /The claim sub is the server's own/);
  refused({ toJSON: () => 'text' }, /Claims are a JSON object/);
  refused({ fine: { toJSON: () => '4111111111111111' } }, /payment card/);
  assert.deepEqual(customClaims({ toJSON: () => ({ plan: 'gold' }) }), { plan: 'gold' });
});

test('T14: whatever is asked for, what comes of it names nothing that is reserved', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.oneof(fc.constantFrom(...reservedClaims), fc.string()), fc.anything()), (claims) => {
      try {
        for (const name of Object.keys(customClaims(claims))) assert.equal(reservedClaims.has(name), false);
      } catch (error) {
        assert.ok(error instanceof OAuthError, String(error));
      }
    }),
  );
});
