// Tests which claims a scope lets out, and what tokens say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { accessTokenClaims } from './access-token.ts';
import { type Profile, profileClaims } from './claims.ts';
import { idTokenClaims } from './id-token.ts';

const profile: Profile = {
  user_id: 'auth0|1',
  email: 'hana@example.com',
  email_verified: true,
  name: 'Hana',
  given_name: null,
  family_name: 'Yamada',
  nickname: 'hana',
  picture: null,
  phone_number: '+81312345678',
  phone_verified: false,
  updated_at: Date.UTC(2026, 0, 2),
};

test('each scope lets out its own claims and no others', () => {
  assert.deepEqual(profileClaims(profile, []), {});
  assert.deepEqual(profileClaims(profile, ['openid', 'read:things']), {});
  assert.deepEqual(profileClaims(profile, ['email']), { email: 'hana@example.com', email_verified: true });
  assert.deepEqual(profileClaims(profile, ['phone']), { phone_number: '+81312345678', phone_number_verified: false });
  assert.deepEqual(profileClaims(profile, ['profile']), {
    family_name: 'Yamada',
    nickname: 'hana',
    name: 'Hana',
    updated_at: '2026-01-02T00:00:00.000Z',
  });
});

test('what is not known is left out, and not said to be verified', () => {
  assert.deepEqual(profileClaims({ ...profile, email: null, phone_number: null }, ['email', 'phone']), {});
});

test('what a person says of themself is told where the letter of OpenID Connect Core §5.1 is kept, if it has the right type', () => {
  const user_metadata = { website: 'https://hana.example.com/', locale: 7, address: { country: 'Japan' }, age: 30 };
  const stating = { ...profile, user_metadata };
  const standard = profileClaims(stating, ['profile', 'address'], {}, 'standard');
  assert.equal(standard['website'], 'https://hana.example.com/');
  assert.deepEqual(standard['address'], { country: 'Japan' });
  assert.equal('locale' in standard || 'age' in standard, false);
  assert.equal('address' in profileClaims(stating, ['profile'], {}, 'standard'), false);
  const asAuth0 = profileClaims(stating, ['profile', 'address']);
  assert.equal('website' in asAuth0 || 'address' in asAuth0, false);
});

const idFacts = {
  issuer: 'https://id.test/',
  client_id: 'app',
  scope: ['openid', 'profile', 'email', 'phone'],
  sid: 's',
  nonce: 'n',
  authenticatedAt: 1999,
  nowSec: 10,
  lifetimeSec: 60,
};

test('T14: nothing in a profile overwrites what the token itself says', () => {
  const hostile = fc.record({ user_id: fc.string(), name: fc.string(), nickname: fc.string(), picture: fc.string() });
  fc.assert(
    fc.property(hostile, (values) => {
      const claims = idTokenClaims({ ...idFacts, sub: values.user_id, profile: { ...profile, ...values } });
      const { iss, aud, sub, iat, exp, sid, nonce, auth_time } = claims;
      const expected = {
        iss: 'https://id.test/',
        aud: 'app',
        sub: values.user_id,
        iat: 10,
        exp: 70,
        sid: 's',
        nonce: 'n',
        auth_time: 1,
      };
      assert.deepEqual({ iss, aud, sub, iat, exp, sid, nonce, auth_time }, expected);
    }),
  );
});

const accessFacts = {
  issuer: 'https://id.test/',
  client_id: 'app',
  sub: 'auth0|1',
  audience: 'https://api.test/',
  scope: ['openid', 'read:things'],
  jti: 'family.random',
  sid: 's',
  nowSec: 10,
  lifetimeSec: 60,
};

test('T11: an access token has an azp, an ID token has none', () => {
  assert.equal(accessTokenClaims(accessFacts)['azp'], 'app');
  assert.equal('azp' in idTokenClaims({ ...idFacts, sub: profile.user_id, profile }), false);
});

test('an access token is for userinfo too only with the scope openid', () => {
  assert.deepEqual(accessTokenClaims(accessFacts)['aud'], ['https://api.test/', 'https://id.test/userinfo']);
  assert.equal(accessTokenClaims({ ...accessFacts, scope: ['read:things'] })['aud'], 'https://api.test/');
  assert.equal(accessTokenClaims({ ...accessFacts, scope: [] })['scope'], undefined);
});
