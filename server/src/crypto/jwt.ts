// Owns the hot path of JSON Web Tokens: signing and verifying with our own keys (RFC 7515, RFC 7519).
import { createSecretKey, type KeyObject } from 'node:crypto';
import type { KeyAlgorithm } from '#protocol/signing-algorithm';
import { signBytes, verifyBytes } from './jws.ts';
import { decodeCanonical } from './vault.ts';

/** The algorithm belongs to the key: a token's header never chooses it (RFC 8725 §3.1). */
export interface JwtSigner {
  readonly kid: string;
  readonly alg: KeyAlgorithm;
  readonly privateKey: KeyObject;
}

export interface JwtVerifier {
  readonly kid: string;
  readonly alg: KeyAlgorithm;
  readonly publicKey: KeyObject;
}

export type Payload = Readonly<Record<string, unknown>>;

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

const headers = new WeakMap<JwtSigner, Map<string, string>>();

function headerOf(key: JwtSigner, typ: string): string {
  const byType = headers.get(key) ?? new Map<string, string>();
  const known = byType.get(typ);
  if (known !== undefined) return known;
  const header = encode({ alg: key.alg, typ, kid: key.kid });
  headers.set(key, byType.set(typ, header));
  return header;
}

async function compact(header: string, claims: Payload, alg: string, key: KeyObject): Promise<string> {
  const input = `${header}.${encode(claims)}`;
  const signature = await signBytes(alg, Buffer.from(input), key);
  return `${input}.${signature.toString('base64url')}`;
}

/** Signs claims with a key of ours. RSA is done in the thread pool, so that the event loop goes on meanwhile. */
export async function signJwt(claims: Payload, key: JwtSigner, typ = 'JWT'): Promise<string> {
  return compact(headerOf(key, typ), claims, key.alg, key.privateKey);
}

/** Signs claims with HS256, for who shares the secret. */
export async function signHmac(claims: Payload, secret: Uint8Array, typ = 'JWT'): Promise<string> {
  return compact(encode({ alg: 'HS256', typ }), claims, 'HS256', createSecretKey(secret));
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

const refusedMembers = ['crit', 'jwk', 'jku', 'x5u', 'b64'];

export interface OpenedJwt {
  readonly typ: string;
  readonly claims: Payload;
}

/**
 * Verifies the signature of a token of ours that is of one of the given types; undefined when anything about it isn't
 * right. The key is looked up by `kid` and fixes the algorithm; `crit` and every embedded or remote key are refused
 * (RFC 7515 §4.1.11, RFC 8725 §3). Times, issuer and audience are the caller's to check.
 */
export function openJwt(
  token: string,
  keys: ReadonlyMap<string, JwtVerifier>,
  types: readonly string[],
): OpenedJwt | undefined {
  if (token.length > 16_384) return undefined;
  const [head = '', body = '', tail = '', ...rest] = token.split('.');
  if (rest.length > 0) return undefined;
  const { kid, typ, alg, ...others } = parseObject(head) ?? {};
  if (typeof kid !== 'string' || typeof typ !== 'string' || !types.includes(typ)) return undefined;
  const key = keys.get(kid);
  if (!key || alg !== key.alg || refusedMembers.some((name) => name in others)) return undefined;
  const signature = decodeCanonical(tail);
  if (!signature || !verifyBytes(key.alg, Buffer.from(`${head}.${body}`), key.publicKey, signature)) return undefined;
  const claims = parseObject(body);
  return claims && { typ, claims };
}

/**
 * The claims of a token of ours, undefined when it isn't one. An ID token is of the type JWT, and so is an access token
 * in Auth0's own dialect; nothing else is unless it is asked for, lest one kind be taken for another (RFC 8725 §3.11).
 */
export function verifyJwt(
  token: string,
  keys: ReadonlyMap<string, JwtVerifier>,
  types: readonly string[] = ['JWT'],
): Payload | undefined {
  return openJwt(token, keys, types)?.claims;
}
