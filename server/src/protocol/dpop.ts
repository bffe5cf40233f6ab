// Owns DPoP proofs: JWTs by which the sender of a request shows that it has a key (RFC 9449 §4).
import { OAuthError } from './oauth-error.ts';

/** What proofs may be signed with. */
export const dpopAlgorithms: readonly string[] = ['ES256', 'PS256', 'EdDSA', 'Ed25519', 'RS256'];

/** RFC 9449 §4.2. */
export const dpopType = 'dpop+jwt';

/** Seconds that a proof is good for before and after the time it names; the longer ones with a nonce of ours. */
const windowSec = 60;
const windowWithNonceSec = 300;

export function invalidProof(what: string): OAuthError {
  return new OAuthError('invalid_dpop_proof', `The DPoP proof ${what}.`, what);
}

/**
 * An address without query and fragment, in the form that all its spellings have in common (RFC 3986 §6.2.2, §6.2.3);
 * undefined when it isn't one.
 */
export function normaliseEndpoint(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  if (url.username !== '' || url.password !== '') return undefined;
  const path = url.pathname.replace(/%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : escaped.toUpperCase();
  });
  return `${url.origin}${path}`;
}

type Claims = Readonly<Record<string, unknown>>;

export interface ProofExpectation {
  readonly method: string;
  /** The addresses of the endpoint that was called: it has more than one where certificates are asked for. */
  readonly endpoints: readonly string[];
  /** SHA-256 of the access token in base64url, where there is one. */
  readonly accessTokenHash: string | undefined;
  readonly nowSec: number;
}

/** The epoch milliseconds at which a proof is too old. */
export function proofExpiry({ iat, nonce }: Claims): number {
  return Math.ceil((Number(iat) + (nonce === undefined ? windowSec : windowWithNonceSec)) * 1000) + 1;
}

function timeFault({ iat, nonce }: Claims, nowSec: number): string | undefined {
  const window = nonce === undefined ? windowSec : windowWithNonceSec;
  if (typeof iat !== 'number') return 'lacks iat';
  return Math.abs(nowSec - iat) <= window ? undefined : `must be made within ${window} seconds of now: check the clock`;
}

/** What is wrong with the claims of a proof whose signature is right; undefined when nothing is (RFC 9449 §4.3). */
export function proofFault(claims: Claims, expected: ProofExpectation): string | undefined {
  const { jti, htm, htu, ath } = claims;
  if (typeof jti !== 'string' || jti === '') return 'lacks jti';
  if (htm !== expected.method) return `must have the htm "${expected.method}"`;
  const named = typeof htu === 'string' ? normaliseEndpoint(htu) : undefined;
  if (named === undefined || !expected.endpoints.some((endpoint) => normaliseEndpoint(endpoint) === named)) {
    return `must have the htu "${expected.endpoints[0]}"`;
  }
  if (expected.accessTokenHash !== undefined && ath !== expected.accessTokenHash) {
    return 'must have the hash of the access token as ath';
  }
  return timeFault(claims, expected.nowSec);
}
