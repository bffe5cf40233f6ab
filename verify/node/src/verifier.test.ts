import assert from 'node:assert/strict';
import { test } from 'node:test';
import { issuerFetch, readVectors, type TestFact } from './testing.ts';
import { createVerifier, type VerifierOptions } from './verifier.ts';

const { issuer, audience, now, jwks, feed, cases } = readVectors('tokens.json');
const tokenOf = (name: string): string => cases.find((each: { name: string }) => each.name === name).token;
const good = tokenOf("Auth0's form");

function open(more: Partial<VerifierOptions> = {}, issuerMore: { facts?: TestFact[]; jwks?: object } = {}) {
  const served = issuerFetch({ issuer, jwks, now: () => now, facts: feed.revoked, ...issuerMore });
  const verifier = createVerifier({ issuer, audience, fetch: served.fetch, now: () => now * 1000, ...more });
  return { verifier, ...served };
}

test('asks nobody while it verifies: a hundred thousand tokens, and not one call', async () => {
  let closed = false;
  const served = issuerFetch({ issuer, jwks, now: () => now, facts: feed.revoked });
  const verifier = createVerifier({
    issuer,
    audience,
    now: () => now * 1000,
    onFeedLoss: 'accept',
    fetch: (input, init) => (closed ? Promise.reject(new Error('The network is gone.')) : served.fetch(input, init)),
  });
  await verifier.ready();
  await verifier.verify(good);
  const cold = createVerifier({
    issuer,
    audience,
    now: () => now * 1000,
    onFeedLoss: 'accept',
    fetch: served.fetch,
    cacheSize: 0,
  });
  await cold.verify(good);
  closed = true;
  const isOurs = (url: string) => !url.includes('/revocations');
  const before = served.calls.filter(isOurs).length;
  for (let count = 0; count < 100_000; count += 1) await verifier.verify(good);
  for (let count = 0; count < 5000; count += 1) await cold.verify(good);
  assert.equal(served.calls.filter(isOurs).length, before);
  verifier.close();
  cold.close();
});

test('reads keys and feed once for all who come first at the same time', async () => {
  const { verifier, calls } = open();
  await Promise.all(Array.from({ length: 50 }, () => verifier.verify(good)));
  assert.equal(calls.filter((url) => url.endsWith('jwks.json')).length, 1);
  assert.equal(calls.filter((url) => url.endsWith('openid-configuration')).length, 1);
  verifier.close();
});

test('asks again for a key that it does not know, but not for each of many that nobody has', async () => {
  const { verifier, calls } = open();
  await verifier.verify(good);
  const strange = tokenOf('a key that is not published');
  for (let count = 0; count < 100; count += 1) await assert.rejects(verifier.verify(strange), { code: 'unknown_key' });
  assert.equal(calls.filter((url) => url.endsWith('jwks.json')).length, 1);
  verifier.close();
});

test('an issuer without a feed must be asked for in so many words', async () => {
  const withoutFeed: typeof fetch = async (input) => {
    const response = await issuerFetch({ issuer, jwks, now: () => now }).fetch(input);
    if (!String(input).endsWith('openid-configuration')) return response;
    const { revocation_feed_endpoint: _, ...metadata } = await response.json();
    return Response.json(metadata);
  };
  const { verifier } = open({ fetch: withoutFeed });
  await assert.rejects(verifier.verify(good), { code: 'no_feed', status: 503 });
  verifier.close();
  const { verifier: without } = open({ fetch: withoutFeed, feed: 'off' });
  assert.equal((await without.verify(good))['sub'], 'auth0|65f000000000000000000001');
  without.close();
});

test('an issuer that cannot be reached, or is another, is no reason to accept a token', async () => {
  const answers: (typeof fetch)[] = [
    async () => Promise.reject(new Error('no network')),
    async () => new Response('sorry', { status: 500 }),
    async () => Response.json({ issuer: 'https://other.example.com/', jwks_uri: 'https://other.example.com/jwks' }),
    async () => Response.json([]),
  ];
  for (const answer of answers) {
    const { verifier } = open({ fetch: answer });
    await assert.rejects(verifier.verify(good), { code: 'issuer_unreachable', status: 503 });
    verifier.close();
  }
});

test('tries again with the next token after an issuer was away', async () => {
  let isAway = true;
  const served = issuerFetch({ issuer, jwks, now: () => now });
  const { verifier } = open({
    fetch: (input) => (isAway ? Promise.reject(new Error('away')) : served.fetch(input)),
  });
  await assert.rejects(verifier.verify(good), { code: 'issuer_unreachable' });
  isAway = false;
  await verifier.verify(good);
  verifier.close();
});

test('a feed that was lost for longer than was said is a reason to refuse, unless it was said that it is none', async () => {
  let isAway = false;
  const served = issuerFetch({ issuer, jwks, now: () => now });
  const away: typeof fetch = (input) => (isAway ? Promise.reject(new Error('away')) : served.fetch(input));
  const options = { feed: 'poll', pollInterval: 0.001, maxStaleness: 0.03, fetch: away } as const;
  const strict = open(options).verifier;
  const lenient = open({ ...options, onFeedLoss: 'accept' }).verifier;
  await Promise.all([strict.verify(good), lenient.verify(good)]);
  isAway = true;
  while (strict.status().staleness < 40) await new Promise((resolve) => setTimeout(resolve, 5));
  await assert.rejects(strict.verify(good), { code: 'feed_stale', status: 503 });
  await lenient.verify(good);
  isAway = false;
  while (strict.status().staleness > 20) await new Promise((resolve) => setTimeout(resolve, 5));
  await strict.verify(good);
  strict.close();
  lenient.close();
});

test('what a token says cannot be changed by who reads it', async () => {
  const { verifier } = open();
  const claims = (await verifier.verify(good)) as unknown as { sub: string; aud: string[] };
  assert.throws(() => {
    claims.sub = 'somebody else';
  }, TypeError);
  assert.throws(() => claims.aud.push('another'), TypeError);
  verifier.close();
});

test('a token that expires while it is remembered is refused', async () => {
  let time = now * 1000;
  const { verifier } = open({ now: () => time, feed: 'off' });
  await verifier.verify(good);
  time += 3_700_000;
  await assert.rejects(verifier.verify(good), { code: 'expired' });
  verifier.close();
});

test('options that make no sense are refused at once', () => {
  for (const options of [
    { issuer: 'nowhere', audience },
    { issuer: 'http://login.example.com/', audience },
    { issuer: `${issuer}?x=1`, audience },
    { issuer, audience: [] },
    { issuer, audience, algorithms: ['HS256'] },
    { issuer, audience, algorithms: ['none'] },
  ]) {
    assert.throws(() => createVerifier(options), TypeError, JSON.stringify(options));
  }
});
