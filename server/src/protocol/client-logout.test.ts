// Tests which ends of sessions an application hears of, and which addresses it may name for that.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { backchannelUrls, frontchannelAddress, logoutAddressFault } from './client-logout.ts';

const url = 'https://app.example.com/backchannel';
const urls = { backchannel_logout_urls: [url] };

test('log-outs are told unless an application says otherwise, everything to who wants all', () => {
  const custom = (...selected_initiators: string[]) => ({
    oidc_logout: { ...urls, backchannel_logout_initiators: { mode: 'custom' as const, selected_initiators } },
  });
  const all = { oidc_logout: { ...urls, backchannel_logout_initiators: { mode: 'all' as const } } };
  for (const initiator of ['rp-logout', 'idp-logout'] as const) {
    assert.deepEqual(backchannelUrls({ oidc_logout: urls }, initiator), [url]);
    assert.deepEqual(backchannelUrls(custom('session-expired'), initiator), []);
    assert.deepEqual(backchannelUrls(custom(initiator), initiator), [url]);
    assert.deepEqual(backchannelUrls(all, initiator), [url]);
  }
  assert.deepEqual(backchannelUrls({ oidc_logout: urls }, 'account-deleted'), []);
  assert.deepEqual(backchannelUrls(custom('account-deleted'), 'account-deleted'), [url]);
  assert.deepEqual(backchannelUrls(all, 'account-deleted'), [url]);
  assert.deepEqual(backchannelUrls({}, 'rp-logout'), []);
  assert.deepEqual(backchannelUrls({ oidc_logout: {} }, 'rp-logout'), []);
});

test('a frame’s address stays as it was registered, with issuer and session after it where they are required', () => {
  const session = { issuer: 'https://id.example.com/', sid: 'a b&c' };
  const told = 'iss=https%3A%2F%2Fid.example.com%2F&sid=a+b%26c';
  const addressOf = (frontchannel_logout_uri: string, frontchannel_logout_session_required = true) =>
    frontchannelAddress({ frontchannel_logout_uri, frontchannel_logout_session_required }, session);
  assert.equal(addressOf('https://a.test/%7Ex'), `https://a.test/%7Ex?${told}`);
  assert.equal(addressOf('https://a.test/?x=1'), `https://a.test/?x=1&${told}`);
  assert.equal(addressOf('https://a.test/?x=1', false), 'https://a.test/?x=1');
  assert.equal(frontchannelAddress({}, session), undefined);
});

test('X09: whatever is registered, only https or this very machine is accepted, and frames only of an origin that has a callback', () => {
  const addresses = fc.oneof(
    fc.webUrl({ withFragments: true, withQueryParameters: true, validSchemes: ['http', 'https', 'ftp'] }),
    fc.constantFrom(
      url,
      'javascript:alert(1)',
      'data:text/html,x',
      '//a.test/',
      'https:a.test',
      'https://*.a.test/',
      'HTTPS://a.test/',
      'http://localhost:3000/',
      'http://localhost.a.test/',
      'http://localhost@a.test/',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(addresses, fc.array(addresses), (address, callbacks) => {
      const back = logoutAddressFault({ callbacks, oidc_logout: { backchannel_logout_urls: [address] } });
      const front = logoutAddressFault({ callbacks, frontchannel_logout_uri: address });
      if (!back) {
        const { protocol, username, hash, hostname } = new URL(address);
        assert.deepEqual([username, hash, hostname.includes('*')], ['', '', false]);
        if (protocol !== 'https:') assert.match(address, /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/?]|$)/);
      }
      if (!front) {
        assert.equal(back, undefined);
        const origins = callbacks.filter((uri) => URL.canParse(uri)).map((uri) => new URL(uri).origin);
        assert.ok(origins.includes(new URL(address).origin));
      }
    }),
  );
  const callbacks = ['https://app.example.com/callback', 'not an address'];
  assert.equal(logoutAddressFault({ callbacks, frontchannel_logout_uri: 'https://app.example.com/x' }), undefined);
  assert.equal(
    logoutAddressFault({ callbacks, frontchannel_logout_uri: 'https://other.example.com/' })?.uri,
    'https://other.example.com/',
  );
});
