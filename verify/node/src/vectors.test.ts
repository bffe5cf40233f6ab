// Walks through the vectors that the verifiers of all languages have in common.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { VerificationError } from './errors.ts';
import { EventStreamParser } from './event-stream.ts';
import { fingerprintOf, printOf } from './fingerprints.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { readNews, readPage } from './page.ts';
import { algorithmNames } from './signature.ts';
import { issuerFetch, readVectors, type TestFact } from './testing.ts';
import { createVerifier, type Verifier, type VerifyOptions } from './verifier.ts';

const bytesOf = (print: string) => Buffer.from(print, 'base64url');

test('fingerprints are what all verifiers make of a text', async () => {
  for (const { text, fingerprint } of readVectors('fingerprints.json').cases) {
    assert.deepEqual(await fingerprintOf(text), printOf(bytesOf(fingerprint)), text);
  }
});

async function assertRefused(verified: Promise<unknown>, code: string, token: string): Promise<void> {
  await assert.rejects(verified, (refusal) => {
    assert.ok(refusal instanceof VerificationError, String(refusal));
    assert.equal(refusal.code, code, refusal.message);
    assert.ok(token === '' || !refusal.message.includes(token), 'the message repeats the token');
    return true;
  });
}

interface TokenCase {
  readonly name: string;
  readonly token: string;
  readonly options?: VerifyOptions & { readonly audience?: string | readonly string[] };
  readonly claims?: object;
  readonly error?: string;
}

describe('a token', () => {
  const { issuer, audience, now, jwks, feed, cases } = readVectors('tokens.json');
  const verifiers: Verifier[] = [];
  const open = (wanted: string | readonly string[]) => {
    const { fetch } = issuerFetch({ issuer, jwks, now: () => now, facts: feed.revoked as TestFact[] });
    const verifier = createVerifier({ issuer, audience: wanted, fetch, now: () => now * 1000 });
    verifiers.push(verifier);
    return verifier;
  };
  let usual: Verifier;
  before(() => {
    usual = open(audience);
  });
  after(() => {
    for (const verifier of verifiers) verifier.close();
  });
  for (const { name, token, options, claims, error } of cases as TokenCase[]) {
    test(`${name}: ${error ?? 'accepted'}`, async () => {
      const { audience: other, ...rest } = options ?? {};
      const verifier = other === undefined ? usual : open(other);
      const verify = () => verifier.verify(token, options && rest);
      if (error !== undefined) return assertRefused(verify(), error, token);
      assert.deepEqual({ ...(await verify()) }, claims);
      // The second time comes from memory; a proof is good once.
      if (rest.dpop) await assertRefused(verify(), 'invalid_proof', token);
      else assert.deepEqual({ ...(await verify()) }, claims);
      return undefined;
    });
  }
});

describe('a page of the feed', () => {
  const { issuer, now, jwks, cases } = readVectors('pages.json');
  const { fetch } = issuerFetch({ issuer, jwks, now: () => now });
  const keys = new IssuerKeys({ issuer, fetch, clock: () => performance.now(), algorithms: algorithmNames });
  for (const { name, after: asked, page, facts, position, complete, error } of cases) {
    test(`${name}: ${error ? 'refused' : 'read'}`, async () => {
      const read = readPage(page, { keys, issuer, now, tolerance: 5, after: asked });
      if (error) return assert.rejects(read);
      const expected = (facts as TestFact[]).map(([print, expires, at]) => ({
        print: printOf(bytesOf(print)),
        expires,
        position: at,
      }));
      assert.deepEqual(await read, { position, complete, facts: expected });
    });
  }
});

describe('a stream of the feed', () => {
  for (const { name, chunks, facts, position, heartbeats } of readVectors('streams.json').cases) {
    test(name, () => {
      const parser = new EventStreamParser();
      const events = (chunks as string[]).flatMap((chunk) => parser.push(chunk));
      const news = events.filter(({ event }) => event === 'revoked').map(({ data }) => readNews(JSON.parse(data)));
      const told = news.flatMap((each) => each.facts);
      assert.deepEqual(
        told.map(({ print, expires, position: at }) => [print, expires, at]),
        (facts as TestFact[]).map(([print, expires, at]) => [printOf(bytesOf(print)), expires, at]),
      );
      assert.equal(news.at(-1)?.position, position);
      assert.equal(events.filter(({ event }) => event === 'heartbeat').length, heartbeats);
    });
  }
});
