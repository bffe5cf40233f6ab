// Owns the hot path of JSON Web Tokens: signing and verifying with our own keys (RFC 7515, RFC 7519).
import { type KeyObject, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { decodeCanonical } from './vault.ts';

const signAsync = promisify(sign) as (algorithm: string, data: Uint8Array, key: KeyObject) => Promise<Buffer>;

/** The algorithms of our own keys. The algorithm belongs to the key: a token's header never chooses it (RFC 8725 §3.1). */
export type SigningAlgorithm = 'RS256';
const digests: Record<SigningAlgorithm, string> = { RS256: 'sha256' };

export interface JwtSigner {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly privateKey: KeyObject;
}

export interface JwtVerifier {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly publicKey: KeyObject;
}

export type Payload = Readonly<Record<string, unknown>>;

const headers = new WeakMap<JwtSigner, string>();

function headerOf(key: JwtSigner): string {
  const known = headers.get(key);
  if (known !== undefined) return known;
  const header = Buffer.from(JSON.stringify({ alg: key.alg, typ: 'JWT', kid: key.kid })).toString('base64url');
  headers.set(key, header);
  return header;
}

/** Signs claims in the thread pool, so that the event loop goes on meanwhile. */
export async function signJwt(claims: Payload, key: JwtSigner): Promise<string> {
  const input = `${headerOf(key)}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  const signature = await signAsync(digests[key.alg], Buffer.from(input), key.privateKey);
  return `${input}.${signature.toString('base64url')}`;
}

function parseObject(part: string): Payload | undefined {
  const bytes = decodeCanonical(part);
  if (!bytes) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Payload) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Verifies the signature of a token of ours and gives its claims; undefined when anything about it isn't right.
 * The key is looked up by `kid` and fixes the algorithm; `crit` and every embedded or remote key are refused
 * (RFC 7515 §4.1.11, RFC 8725 §3). Times, issuer and audience are the caller's to check.
 */
export function verifyJwt(token: string, keys: ReadonlyMap<string, JwtVerifier>): Payload | undefined {
  if (token.length > 16_384) return undefined;
  const [head = '', body = '', tail = '', ...rest] = token.split('.');
  if (rest.length > 0) return undefined;
  const header = parseObject(head);
  if (typeof header?.['kid'] !== 'string') return undefined;
  const key = keys.get(header['kid']);
  if (!key || header['alg'] !== key.alg || ['crit', 'jwk', 'jku', 'x5u', 'b64'].some((name) => name in header))
    return undefined;
  const signature = decodeCanonical(tail);
  if (!signature || !verify(digests[key.alg], Buffer.from(`${head}.${body}`), key.publicKey, signature))
    return undefined;
  return parseObject(body);
}
