// Owns the keys of the vectors, and how their tokens are signed.
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';

const directory = import.meta.dirname;
export const issuer = 'https://login.example.com/';
export const audience = 'https://api.example.com/';
export const now = 1_795_446_000;

const kinds = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  RS384: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  RS512: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS384: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS512: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
  stranger: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  dpop: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};

export type KeyName = keyof typeof kinds;

/** Test keys, made once: signatures that are deterministic stay as they are. */
function loadKeys(): Record<KeyName, KeyObject> {
  const file = join(directory, 'keys.json');
  if (!existsSync(file)) {
    const made = Object.entries(kinds).map(([name, make]) => [name, make().privateKey.export({ format: 'jwk' })]);
    writeFileSync(file, `${JSON.stringify(Object.fromEntries(made), undefined, 2)}\n`);
  }
  const stored = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>);
  return Object.fromEntries(
    stored.map(([name, key]) => [name, createPrivateKey({ key: key as never, format: 'jwk' })]),
  ) as Record<KeyName, KeyObject>;
}

export const keys = loadKeys();

export function write(name: string, content: object): void {
  writeFileSync(join(directory, name), `${JSON.stringify(content, undefined, 2)}\n`);
}

export const printOf = (text: string) =>
  createHash('sha256').update(text).digest().subarray(0, 12).toString('base64url');

export type Claims = Record<string, unknown>;

/** A signature without randomness is written again as it is; another one is kept as long as what it signs is the same. */
const before: Record<string, string> = existsSync(join(directory, 'signed.json'))
  ? (JSON.parse(readFileSync(join(directory, 'signed.json'), 'utf8')) as Record<string, string>)
  : {};
export const signed: Record<string, string> = {};

export async function sign(claims: Claims, header: Claims = {}, name: KeyName = 'RS256'): Promise<string> {
  const full = { alg: name, typ: 'JWT', kid: name, ...header };
  const question = createHash('sha256')
    .update(JSON.stringify([full, claims, name]))
    .digest('hex');
  signed[question] =
    before[question] ?? (await new SignJWT(claims).setProtectedHeader(full as { alg: string }).sign(keys[name]));
  return signed[question];
}
