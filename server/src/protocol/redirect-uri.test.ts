// Tests which addresses an application may be sent back to, by example and by property.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  allowsMessage,
  isRegisteredUri,
  originOf,
  redirectUriFault,
  type VerifiedRedirectUri,
  verifyRedirectUri,
} from './redirect-uri.ts';

const callback = 'https://a.test/cb';
const accepts = (requested: string, callbacks: readonly string[], app_type?: string) =>
  verifyRedirectUri(requested, { callbacks, app_type }) !== undefined;

test('R01: the registered address is accepted, as it is written', () => {
  assert.equal(verifyRedirectUri(callback, { callbacks: ['https://b.test/cb', callback] }), callback);
});

const refused: Readonly<Record<string, readonly string[]>> = {
  'R02: no prefix, suffix or longer path of a registered address is accepted': [
    'https://a.test.evil.test/cb',
    'https://a.test/cb.evil',
    'https://a.test/cb/x',
    'https://a.test/cbx',
    'https://a.test/cb/',
    'https://a.test/',
    'https://a.test/c',
    'https://xa.test/cb',
  ],
  'R03: no user name in front of another host is accepted': [
    'https://a.test@evil.test/cb',
    'https://a.test:443@evil.test/cb',
    'https://evil.test@a.test/cb',
    'https://:@a.test/cb',
  ],
  'R04: no path that only normalises to the registered one is accepted': [
    'https://a.test/cb/../cb',
    'https://a.test/x/../cb',
    'https://a.test/./cb',
    'https://a.test/cb/..%2fevil',
    'https://a.test/%2e%2e/cb',
    'https://a.test/cb%252f..%252f',
    'https://a.test/cb/..;/evil',
    'https://a.test/cb\\..\\evil',
    'https://a.test//cb',
    'https://a.test/%63b',
  ],
  'R06: no scheme-relative address, backslash, control character or blank is accepted': [
    '//evil.test',
    '/\\evil.test',
    'https:/evil.test',
    'https:a.test/cb',
    'https:///a.test/cb',
    'https:\\\\a.test\\cb',
    'https://a.test/cb\r\nX: y',
    'https://a.test/cb%0d%0aX: y',
    ' https://a.test/cb',
    'https://a.test/cb ',
    '\thttps://a.test/cb',
    'https://a.te\tst/cb',
    'https://a.test/cb\0',
    '',
    'a.test/cb',
    '/cb',
  ],
  'R08: no fragment is accepted': ['https://a.test/cb#', 'https://a.test/cb#x', 'https://a.test#/cb'],
  'R09: no query but the registered one is accepted': [
    'https://a.test/cb?',
    'https://a.test/cb?x=1',
    'https://a.test/cb?x=1&y=2',
  ],
  'R11: no other spelling of the host is accepted': [
    'https://A.TEST/cb',
    'HTTPS://a.test/cb',
    'https://a.test./cb',
    'https://\u0430.test/cb',
    'https://xn--80a.test/cb',
    'https://ａ.test/cb',
    'https://a.test:443/cb',
    'http://a.test/cb',
  ],
};

for (const [name, addresses] of Object.entries(refused)) {
  test(name, () => {
    for (const address of addresses) assert.equal(accepts(address, [callback]), false, JSON.stringify(address));
  });
}

test('R03: no user name is accepted even where it is registered with the host it hides', () => {
  assert.equal(accepts('http://localhost:80@evil.test/', ['http://localhost', 'http://localhost/'], 'native'), false);
  assert.equal(accepts('https://a@a.test/cb', ['https://a@a.test/cb']), false);
});

test('R05: the star stands for one label, over https, below a domain of two labels', () => {
  const wildcard = ['https://*.a.test/cb'];
  assert.ok(accepts('https://foo.a.test/cb', wildcard));
  assert.ok(accepts('https://x-1.a.test/cb', wildcard));
  for (const address of [
    'https://fooXa.test/cb',
    'https://a.test/cb',
    'https://.a.test/cb',
    'https://x.y.a.test/cb',
    'https://evil.test/.a.test/cb',
    'https://evil.test#.a.test/cb',
    'https://evil.test?.a.test/cb',
    'https://evil.test\\.a.test/cb',
    'https://user@x.a.test/cb',
    'https://x:1.a.test/cb',
    'https://-x.a.test/cb',
    'https://X.a.test/cb',
    'https://%78.a.test/cb',
    'http://foo.a.test/cb',
    'https://foo.a.test/cb/x',
    'https://foo.a.test:8443/cb',
    `https://${'x'.repeat(64)}.a.test/cb`,
  ]) {
    assert.equal(accepts(address, wildcard), false, address);
  }
});

test('R05: the star itself is no label', () => {
  assert.equal(accepts('https://*.a.test/cb', ['https://*.a.test/cb']), false);
  assert.equal(isRegisteredUri('https://*.a.test/cb', ['https://*.a.test/cb']), false);
});

test('R05: a star anywhere else matches nothing', () => {
  for (const pattern of [
    'https://*',
    'https://*.test/cb',
    'https://a.*/cb',
    'https://a*.a.test/cb',
    'https://*.*.test/cb',
    'http://*.a.test/cb',
    '*',
    'https://*.localhost/cb',
  ]) {
    for (const address of [
      'https://x.test/cb',
      'https://ab.a.test/cb',
      'http://x.a.test/cb',
      'https://x.localhost/cb',
      'https://a.b.test/cb',
      pattern,
    ]) {
      assert.equal(accepts(address, [pattern]), false, `${pattern} for ${address}`);
    }
  }
});

test('R07: no scheme that runs or reads something is accepted, even where it is registered', () => {
  for (const address of [
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://a.test/1',
    'about:blank',
    'view-source:https://a.test/',
  ]) {
    assert.notEqual(redirectUriFault(address), undefined, address);
    assert.equal(accepts(address, [address]), false, address);
  }
});

test('R08: an address with a fragment is refused even where it is registered', () => {
  assert.equal(accepts('https://a.test/cb#x', ['https://a.test/cb#x']), false);
});

test('R09: a registered query is compared as it is', () => {
  const registered = ['https://a.test/cb?x=1'];
  assert.ok(accepts('https://a.test/cb?x=1', registered));
  for (const query of ['', '?', '?x=2', '?x=1&y=2', '?y=2&x=1', '?x=%31', '?X=1']) {
    assert.equal(accepts(`https://a.test/cb${query}`, registered), false, query);
  }
});

test('R10: the port of a native application may vary on a literal loopback address', () => {
  for (const [registered, requested] of [
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51234/cb'],
    ['http://127.0.0.1:1/cb', 'http://127.0.0.1:51234/cb'],
    ['http://127.0.0.1:1/cb', 'http://127.0.0.1/cb'],
    ['http://[::1]/cb', 'http://[::1]:51234/cb'],
  ] as const) {
    assert.ok(accepts(requested, [registered], 'native'), requested);
    assert.equal(accepts(requested, [registered], 'spa'), false, 'only native applications have that');
  }
});

test('R10: nothing but the port may vary, and on no name that stands for loopback', () => {
  for (const address of [
    'http://localhost:51234/cb',
    'https://127.0.0.1:51234/cb',
    'http://[::1]:51234/cb',
    'http://127.0.0.1.evil.test:51234/cb',
    'http://127.0.0.1:51234.evil.test/cb',
    'http://127.0.0.1:51234@evil.test/cb',
    'http://127.1:51234/cb',
    'http://0x7f.1:51234/cb',
    'http://2130706433/cb',
    'http://127.0.0.2:51234/cb',
    'http://127.0.0.1:0/cb',
    'http://127.0.0.1:65536/cb',
    'http://127.0.0.1:51234/cb/x',
    'http://127.0.0.1:51234/cb?x',
    'http://127.0.0.1:/cb',
  ]) {
    assert.equal(accepts(address, ['http://127.0.0.1/cb'], 'native'), false, address);
  }
  assert.equal(accepts('http://localhost:51234/cb', ['http://localhost/cb'], 'native'), false);
});

test('I12: no host that could write into a header of ours is accepted, even where it is registered', () => {
  for (const address of [
    'https://a;script-src.test/cb',
    "https://a'b.test/cb",
    'https://a,b.test/cb',
    'https://a*.test/cb',
  ]) {
    assert.equal(accepts(address, [address]), false, address);
  }
});

test('an application may have a scheme of its own', () => {
  assert.ok(accepts('com.example.app:/cb', ['com.example.app:/cb']));
  assert.ok(accepts('com.example.app://id.example.com/ios/cb', ['com.example.app://id.example.com/ios/cb']));
});

// Addresses as people register them, of every kind that there is.
const registrable = fc.oneof(
  fc.webUrl({ withQueryParameters: true, validSchemes: ['https', 'http'] }),
  fc
    .tuple(fc.constantFrom('http://127.0.0.1', 'http://[::1]', 'http://localhost:3000'), fc.webPath())
    .map((parts) => parts.join('')),
  fc.webPath().map((path) => `com.example.app:/${path}`),
);

test('whatever is registered and has no fault is accepted, as it is', () => {
  fc.assert(
    fc.property(registrable, (uri) => {
      fc.pre(redirectUriFault(uri) === undefined);
      assert.ok(accepts(uri, [uri]));
    }),
  );
});

test('an address that differs in any character from the registered one is never accepted', () => {
  const edit = fc.record({
    at: fc.nat(),
    text: fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('@', '/', '.', '..', '#', '?', '%', '\\', '*', ':')),
    removed: fc.nat({ max: 3 }),
  });
  fc.assert(
    fc.property(registrable, edit, (uri, { at, text, removed }) => {
      const place = at % (uri.length + 1);
      const requested = uri.slice(0, place) + text + uri.slice(place + removed);
      fc.pre(requested !== uri);
      assert.equal(accepts(requested, [uri]), false);
    }),
    { numRuns: 2000 },
  );
});

test('a native application is never sent to another host or path than it registered', () => {
  const edit = fc.record({ at: fc.nat(), text: fc.string({ maxLength: 4 }), removed: fc.nat({ max: 4 }) });
  fc.assert(
    fc.property(edit, ({ at, text, removed }) => {
      const uri = 'http://127.0.0.1:8080/cb?a=b';
      const place = at % (uri.length + 1);
      const requested = uri.slice(0, place) + text + uri.slice(place + removed);
      if (!accepts(requested, [uri], 'native')) return;
      const { hostname, protocol, pathname, search, username, password } = new URL(requested);
      assert.deepEqual(
        [protocol, hostname, pathname, search, username + password],
        ['http:', '127.0.0.1', '/cb', '?a=b', ''],
      );
    }),
    { numRuns: 2000 },
  );
});

test('whatever the star accepts is on a host directly below the registered domain', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.domain(), fc.webAuthority({ withUserInfo: true, withPort: true })), (text) => {
      const requested = `https://${text}.a.test/cb`;
      if (!accepts(requested, ['https://*.a.test/cb'])) return;
      assert.match(new URL(requested).host, /^[a-z0-9-]+\.a\.test$/);
    }),
    { numRuns: 2000 },
  );
});

test('no text at all makes the rule throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (requested, registered) => {
      accepts(requested, [registered], 'native');
      isRegisteredUri(requested, [registered]);
    }),
  );
});

test('S12: a message goes to a registered web origin only', () => {
  const client = { web_origins: ['https://a.test', 'http://localhost:3000'] };
  const allowed = (uri: string) => allowsMessage(uri as VerifiedRedirectUri, client);
  assert.ok(allowed('https://a.test/cb'));
  assert.ok(allowed('http://localhost:3000/'));
  for (const uri of ['https://b.test/cb', 'https://a.test:8443/cb', 'http://a.test/cb', 'com.example.app:/cb'])
    assert.equal(allowed(uri), false, uri);
  assert.equal(allowsMessage('com.example.app:/cb' as VerifiedRedirectUri, { web_origins: ['null'] }), false);
  assert.equal(originOf('com.example.app:/cb'), undefined);
});
