// Owns an issuer for tests: its keys, its feed and its faults, answered without a network.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';

const vectors = join(import.meta.dirname, '../../vectors');

// biome-ignore lint/suspicious/noExplicitAny: each file has a shape of its own, which its test knows
export function readVectors(name: string): any {
  return JSON.parse(readFileSync(join(vectors, name), 'utf8'));
}

/** A private key of the vectors. */
function testKey(name: string): KeyObject {
  return createPrivateKey({ key: readVectors('keys.json')[name], format: 'jwk' });
}

export type TestFact = readonly [string, number, number];

interface TestIssuerOptions {
  readonly issuer: string;
  readonly jwks: object;
  /** Epoch seconds. */
  readonly now: () => number;
  readonly facts?: readonly TestFact[];
}

/** Signs a page as an issuer does. */
export async function signPage(
  { issuer, now, facts = [] }: Omit<TestIssuerOptions, 'jwks'>,
  after: number,
  position: number,
): Promise<string> {
  const revoked = facts.filter(([, , at]) => at > after);
  const claims = { iss: issuer, iat: now(), exp: now() + 60, after, position, complete: true, revoked };
  const header = { alg: 'RS256', kid: 'RS256', typ: 'revocations+jwt' };
  return new SignJWT(claims as never).setProtectedHeader(header).sign(testKey('RS256'));
}

/** What a verifier fetches from an issuer that has pages alone; `calls` counts what was asked. */
export function issuerFetch(options: TestIssuerOptions) {
  const calls: string[] = [];
  const { issuer, jwks, facts = [] } = options;
  const position = Math.max(0, ...facts.map(([, , at]) => at));
  const answer = async (url: URL): Promise<Response> => {
    if (url.pathname === '/.well-known/openid-configuration') {
      return Response.json({
        issuer,
        jwks_uri: `${issuer}.well-known/jwks.json`,
        revocation_feed_endpoint: `${issuer}revocations`,
      });
    }
    if (url.pathname === '/.well-known/jwks.json') return Response.json(jwks);
    const after = Number(url.searchParams.get('after'));
    return new Response(await signPage(options, after, Math.max(position, after)));
  };
  const get: typeof fetch = async (input) => {
    calls.push(String(input));
    return answer(new URL(String(input)));
  };
  return { fetch: get, calls };
}
