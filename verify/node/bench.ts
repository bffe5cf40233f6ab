// Owns how fast a token is verified here, against the library that most use: the same token, in the same run.
import { createLocalJWKSet, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { issuerFetch, readVectors, type TestFact } from './src/testing.ts';
import { createVerifier } from './src/verifier.ts';

const { issuer, audience, now, jwks, feed, cases } = readVectors('tokens.json');

const rounds = 7;

/** Microseconds for one call, the best of a few rounds: what the machine did beside it isn't the code's. */
async function microseconds(work: () => Promise<unknown>, times: number): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    for (let count = 0; count < times; count += 1) await work();
    best = Math.min(best, ((performance.now() - began) * 1000) / times);
  }
  return best;
}

function verifierWith(cacheSize: number) {
  const { fetch } = issuerFetch({ issuer, jwks, now: () => now, facts: feed.revoked as TestFact[] });
  const clock = () => now * 1000;
  return createVerifier({ issuer, audience, fetch, now: clock, cacheSize, onFeedLoss: 'accept' });
}

async function compare(alg: string, token: string): Promise<void> {
  const keys: JWTVerifyGetKey = createLocalJWKSet(jwks);
  const currentDate = new Date(now * 1000);
  const reference = () => jwtVerify(token, keys, { issuer, audience, currentDate });
  const warm = verifierWith(10_000);
  const cold = verifierWith(0);
  await Promise.all([warm.verify(token), cold.verify(token), reference()]);
  const jose = await microseconds(reference, 2000);
  const coldly = await microseconds(() => cold.verify(token), 2000);
  // A request's header is a new text each time.
  const warmly = await microseconds(() => warm.verify(Buffer.from(token).toString('latin1')), 20_000);
  warm.close();
  cold.close();
  const times = (value: number) => `${(jose / value).toFixed(1)} ×`.padStart(9);
  console.log(
    `${alg.padEnd(6)} ${jose.toFixed(1).padStart(8)} ${coldly.toFixed(1).padStart(8)} ${times(coldly)} ${warmly.toFixed(2).padStart(8)} ${times(warmly)}`,
  );
}

console.log('µs a token   jose     cold      rate     warm      rate');
const tokenOf = (name: string) => cases.find((each: { name: string }) => each.name === name).token as string;
await compare('RS256', tokenOf("Auth0's form"));
await compare('ES256', tokenOf('signed with ES256'));
await compare('EdDSA', tokenOf('signed with EdDSA'));
