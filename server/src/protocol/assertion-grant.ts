// Owns the rules for assertions that another issuer makes about a person (RFC 7521 §5.2, RFC 7523 §3).
import type { Claims } from './claims.ts';

/** What assertions may be signed with: nothing that is shared, and nothing whose key is guessed. */
export const assertionGrantAlgorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
] as const;

/** Seconds that an assertion may live at most, whatever an issuer is allowed. */
export const longestAssertionSec = 3600;

/** Seconds that the issuer's clock may be off by. What has expired by ours has expired. */
const skewSec = 60;
const longestId = 512;

/** What an assertion may call itself; a logout token or an access token of the same issuer is none. */
const types: readonly unknown[] = [undefined, 'jwt', 'authorization-grant+jwt', 'oauth-id-jag+jwt'];

export interface AssertionExpectation {
  readonly issuer: string;
  /** The application that presents it. */
  readonly client_id: string;
  /** What it may be addressed to; it names exactly one of these and nobody else. */
  readonly audiences: readonly string[];
  readonly nowSec: number;
  /** Seconds. */
  readonly maxLifetimeSec: number;
}

/** An assertion that is what it must be. */
export interface Assertion {
  readonly sub: string;
  readonly jti: string;
  /** Epoch seconds. */
  readonly exp: number;
  readonly email: string | undefined;
  readonly email_verified: boolean;
}

export function isAssertionType(typ: unknown): boolean {
  return types.includes(typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestId && !value.includes('\0');
}

function timeFault({ exp, iat, nbf }: Claims, { nowSec, maxLifetimeSec }: AssertionExpectation): string | undefined {
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return 'it has no exp';
  if (exp <= nowSec) return 'it has expired';
  if (exp > nowSec + maxLifetimeSec + skewSec) return 'it lives too long';
  for (const [name, time] of Object.entries({ iat, nbf })) {
    if (time === undefined) continue;
    if (typeof time !== 'number' || time > nowSec + skewSec) return `its ${name} is in the future`;
  }
  if (typeof iat === 'number' && exp - iat > maxLifetimeSec) return 'it lives too long';
  return undefined;
}

/** Judges the claims of an assertion whose signature is good. Returns why it is refused, for the log. */
export function judgeAssertion(claims: Claims, expected: AssertionExpectation): Assertion | { readonly fault: string } {
  const { iss, sub, aud, jti, exp, email, email_verified, client_id = expected.client_id } = claims;
  if (iss !== expected.issuer) return { fault: 'it is of another issuer' };
  const [audience, ...more] = [aud].flat();
  if (typeof audience !== 'string' || more.length > 0 || !expected.audiences.includes(audience)) {
    return { fault: 'it is not addressed to this server alone' };
  }
  if (client_id !== expected.client_id) return { fault: 'it was given to another application' };
  const fault = timeFault(claims, expected);
  if (fault !== undefined) return { fault };
  if (!isId(sub) || !isId(jti)) return { fault: 'it has no sub, or no jti' };
  const address = typeof email === 'string' ? email : undefined;
  return { sub, jti, exp: exp as number, email: address, email_verified: email_verified === true };
}
