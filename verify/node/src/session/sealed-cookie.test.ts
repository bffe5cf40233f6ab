// Tests sealed cookies: whatever is sealed comes back, to whoever has the secret and all pieces, and to nobody else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SealedCookie } from './sealed-cookie.ts';

const secrets = ['a secret that nobody else has, of enough characters'];
const cookie = new SealedCookie('session', { secrets, isSecure: true });
const bearer = (pairs: readonly string[]) => ({ headers: { cookie: pairs.join('; ') } });
const pairsOf = (headers: readonly string[]) => headers.map((header) => header.split(';', 1)[0] as string);
const contents = fc.record(
  { sid: fc.string(), claims: fc.dictionary(fc.string(), fc.jsonValue()) },
  { requiredKeys: [] },
);
const long = (length: number) => ({ text: 'x'.repeat(length) });

test('whatever is sealed comes back, among whatever other cookies', async () => {
  const others = fc.array(fc.stringMatching(/^[a-z_]{1,8}=[\w.=-]{0,20}$/), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(contents, others, fc.nat(6000), async (content, strangers, length) => {
      const whole = JSON.parse(JSON.stringify({ ...content, ...long(length) }));
      const pairs = pairsOf(await cookie.write(whole, 60));
      const strange = strangers.filter((pair) => !pair.startsWith('__Host-session'));
      assert.deepEqual(await cookie.read(bearer([...strange, ...pairs.toReversed()])), whole);
    }),
    { numRuns: 50 },
  );
});

test('what is too long for one goes into several, and without one of them it is nothing', async () => {
  const headers = await cookie.write(long(7000), 60);
  const pairs = pairsOf(headers);
  assert.deepEqual(
    pairs.map((pair) => pair.slice(0, pair.indexOf('='))),
    ['__Host-session', '__Host-session.1', '__Host-session.2'],
  );
  assert.ok(headers.every((header) => header.length < 4096));
  for (const missing of pairs)
    assert.equal(await cookie.read(bearer(pairs.filter((pair) => pair !== missing))), undefined);
  assert.equal(cookie.clear(bearer(pairs)).length, 3);
  assert.deepEqual(cookie.clear(bearer([])), []);
});

test('a longer one that was there before does not get in the way of a shorter', async () => {
  const before = pairsOf(await cookie.write(long(7000), 60)).slice(1);
  const after = pairsOf(await cookie.write(long(10), 60));
  assert.deepEqual(await cookie.read(bearer([...before, ...after])), long(10));
});

test('what no browser would keep is an error that says why', async () => {
  await assert.rejects(cookie.write(long(9000), 60), /9\d{3} bytes, more than cookies hold/);
});

test('a cookie of another name, another secret or another hand is nothing', async () => {
  const [pair = ''] = pairsOf(await cookie.write(long(10), 60));
  const other = new SealedCookie('tokens', { secrets, isSecure: true });
  assert.equal(await other.read(bearer([pair.replace('session', 'tokens')])), undefined);
  const stranger = new SealedCookie('session', { secrets: ['another secret that somebody made up'], isSecure: true });
  assert.equal(await stranger.read(bearer([pair])), undefined);
  const plain = new SealedCookie('session', { secrets, isSecure: false });
  assert.equal(await plain.read(bearer([pair])), undefined);
  const value = pair.slice(pair.indexOf('=') + 1);
  await fc.assert(
    fc.asyncProperty(fc.nat(value.length - 1), fc.stringMatching(/^[\w-]$/), async (at, letter) => {
      fc.pre(value[at] !== letter && at < value.length - 1);
      const changed = `${value.slice(0, at)}${letter}${value.slice(at + 1)}`;
      assert.equal(await cookie.read(bearer([`__Host-session=${changed}`])), undefined);
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      assert.equal(await cookie.read(bearer([`__Host-session=${text}`])), undefined);
    }),
  );
});

test('what an older secret has sealed is read, and sealed again by the new one', async () => {
  const rotated = new SealedCookie('session', {
    secrets: ['the new secret, of enough characters', ...secrets],
    isSecure: true,
  });
  const pairs = pairsOf(await cookie.write(long(10), 60));
  assert.deepEqual(await rotated.read(bearer(pairs)), long(10));
  assert.equal(await cookie.read(bearer(pairsOf(await rotated.write(long(10), 60)))), undefined);
});
