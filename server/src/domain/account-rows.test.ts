// Tests what is stored of a person: the defaults of a new account, and what changes make of one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { noon } from '#storage/testing-rows';
import { accountChanges, accountRow } from './account-rows.ts';

describe('a new account', () => {
  test('is called by what is known of it, an address before a number before a username', () => {
    const named = (settings: object) => {
      const { name, nickname } = accountRow('auth0|1', settings, noon);
      return [name, nickname];
    };
    assert.deepEqual(named({ email: 'jane.doe@example.com', username: 'jd' }), ['jane.doe@example.com', 'jane.doe']);
    assert.deepEqual(named({ phone_number: '+81312345678', username: 'jd' }), ['+81312345678', 'jd']);
    assert.deepEqual(named({ username: 'jd' }), ['jd', 'jd']);
    assert.deepEqual(named({ email: 'a@example.com', name: 'Jane', nickname: 'J' }), ['Jane', 'J']);
    assert.deepEqual(named({}), ['auth0|1', null]);
  });

  test("has Gravatar's picture for its address, with its initials for who has none there", () => {
    const { picture } = accountRow('auth0|1', { email: 'jane@example.com' }, noon);
    assert.match(picture ?? '', /^https:\/\/s\.gravatar\.com\/avatar\/[0-9a-f]{32}\?s=480&r=pg&d=.*avatars%2Fja\.png$/);
    assert.equal(accountRow('auth0|1', { picture: 'https://a.example/b' }, noon).picture, 'https://a.example/b');
  });

  test('has proved nothing unless it is said, and is told to be blocked or not only if that is said', () => {
    const row = accountRow('auth0|1', { email: 'a@example.com', phone_number: '+1' }, noon);
    assert.deepEqual([row.email_verified, row.phone_verified, row.blocked, row.blocked_told], [0, 0, 0, 0]);
    const told = accountRow('auth0|1', { email: 'a@example.com', email_verified: true, blocked: false }, noon);
    assert.deepEqual([told.email_verified, told.phone_verified, told.blocked, told.blocked_told], [1, null, 0, 1]);
  });
});

describe('a change', () => {
  const before = accountRow(
    'auth0|1',
    {
      email: 'a@example.com',
      email_verified: true,
      phone_number: '+1',
      phone_verified: true,
      user_metadata: { hobby: 'surfing', addresses: { home: 'here' } },
      app_metadata: { plan: 'gold', roles: ['a'] },
    },
    noon,
  );
  const changed = (sent: object) => accountChanges(before, sent, noon + 1);
  const metadata = (sent: object) => JSON.parse(changed({ user_metadata: sent }).user_metadata ?? 'null');

  test('touches what is named, and the time', () => {
    assert.deepEqual(changed({ nickname: 'J' }), { nickname: 'J', updated_at: noon + 1 });
    assert.deepEqual(changed({ name: null }), { name: null, updated_at: noon + 1 });
  });

  test('of an address or a number makes it one that is not proved, unless that is said', () => {
    assert.equal(changed({ email: 'b@example.com' }).email_verified, 0);
    assert.equal(changed({ email: 'b@example.com', email_verified: true }).email_verified, 1);
    assert.equal(changed({ email: 'a@example.com' }).email_verified, undefined);
    assert.equal(changed({ phone_number: '+2' }).phone_verified, 0);
    assert.equal(changed({ phone_number: null }).phone_verified, null);
  });

  test('merges the first level of metadata and replaces what lies below', () => {
    assert.deepEqual(metadata({ color: 'red' }), { hobby: 'surfing', addresses: { home: 'here' }, color: 'red' });
    assert.deepEqual(metadata({ addresses: { work: 'there' } }), { hobby: 'surfing', addresses: { work: 'there' } });
    assert.deepEqual(metadata({ hobby: null }), { addresses: { home: 'here' } });
    assert.deepEqual(metadata({ 'a.b': { c: null } }), { ...metadata({ x: null }), 'a.b': { c: null } });
  });

  test('takes all metadata away with an empty object', () => {
    assert.deepEqual(metadata({}), {});
    assert.equal(changed({ app_metadata: {} }).app_metadata, '{}');
    assert.equal(changed({ app_metadata: null }).app_metadata, null);
  });

  test('of the password is remembered by its time', () => {
    assert.equal(changed({ password: 'x' }).last_password_reset_at, noon + 1);
    assert.equal('password' in changed({ password: 'x' }), false);
  });
});
