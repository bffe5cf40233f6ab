// Tests what a refusal may say on the wire, and with which status.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inStandardStatus, OAuthError } from './oauth-error.ts';

test('a description has only the characters of RFC 6749 §5.2, whatever it repeats', () => {
  const text = fc.string({ unit: fc.oneof(fc.constantFrom('"', '\\', '\n', '\u007f', 'é', '割'), fc.string()) });
  fc.assert(
    fc.property(text, (said) => {
      const { description } = new OAuthError('invalid_request', said);
      assert.match(description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/);
    }),
  );
  const said = 'The client_assertion must have the aud "https://id.example.com/", and no other.';
  assert.equal(new OAuthError('invalid_client', said).description, said.replaceAll('"', "'"));
});

test("RFC 6749 §5.2: Auth0's 403 is 400 where the standard is kept, and every other status stays", () => {
  const refused = new OAuthError('invalid_grant', 'Unknown or invalid refresh token.', 'a detail');
  const { status, code, description, detail } = inStandardStatus(refused);
  assert.deepEqual([refused.status, status], [403, 400]);
  assert.deepEqual([code, description, detail], [refused.code, refused.description, refused.detail]);
  for (const error of ['invalid_client', 'invalid_request', 'temporarily_unavailable'] as const) {
    assert.equal(inStandardStatus(new OAuthError(error, 'text')).status, new OAuthError(error, 'text').status);
  }
});
