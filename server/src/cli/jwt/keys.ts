// Owns the keys that a user names: a secret, a file, or a set at an address or in a file.
import { type ReadKey, readJwk, readPem, readSecret } from '#crypto/key-text';
import { type Members, readObject } from '#protocol/json-text';
import { misused } from '../refused.ts';
import { printable } from '../terminal.ts';
import { fetchObject, trustedUrl } from './fetched.ts';
import { readText } from './input.ts';
import type { Session } from './session.ts';

export interface KeySource {
  readonly keys: readonly ReadKey[];
  /** How a sentence calls the place; undefined for a secret. */
  readonly origin: string | undefined;
}

export interface SecretOptions {
  readonly 'secret-file'?: string | undefined;
  readonly 'secret-env'?: string | undefined;
  readonly 'secret-encoding'?: string | undefined;
}

/** For readOptions. */
export const secretOptions = {
  'secret-file': { type: 'string' },
  'secret-env': { type: 'string' },
  'secret-encoding': { type: 'string' },
} as const;

const encodings = ['utf8', 'base64', 'base64url', 'hex'] as const;

function decoded(text: string, encoding: string, { texts }: Session): Buffer {
  const known = encodings.find((candidate) => candidate === encoding);
  if (known === undefined) throw misused(texts.usage.encoding);
  const bytes = Buffer.from(text, known);
  const plain = (written: string) => (known === 'hex' ? written.toLowerCase() : written.replace(/=+$/, ''));
  if (known !== 'utf8' && plain(bytes.toString(known)) !== plain(text)) throw misused(texts.usage.notEncoded(known));
  return bytes;
}

/** The secret of a file or of an environment variable; undefined when neither is named. */
export async function secretSource(options: SecretOptions, session: Session): Promise<KeySource | undefined> {
  const { texts, invocation } = session;
  const { 'secret-file': path, 'secret-env': name, 'secret-encoding': encoding = 'utf8' } = options;
  if (path === undefined && name === undefined) return undefined;
  const variable = name === undefined ? undefined : invocation.env[name];
  if (name !== undefined && !variable) throw misused(texts.input.noVariable(printable(name)));
  // An editor ends a file with a line break, which is no part of the secret.
  const text = variable ?? (await readText(session, String(path))).replace(/\r?\n$/, '');
  if (/^\s*-----BEGIN /.test(text)) throw misused(texts.keys.pemSecret);
  const bytes = decoded(text, encoding, session);
  if (bytes.length === 0) throw misused(texts.keys.emptySecret);
  return { keys: [readSecret(bytes)], origin: undefined };
}

function parsedKey(text: string, origin: string, { texts: { keys } }: Session): ReadKey {
  const object = readObject(text);
  if (typeof object === 'object' && 'keys' in object.members) throw misused(keys.isSet(origin));
  try {
    return typeof object === 'object' ? readJwk(object.members) : readPem(text);
  } catch {
    throw misused(/ENCRYPTED/.test(text) ? keys.encrypted(origin) : keys.unreadable(origin));
  }
}

/** The one key of a file: PEM or JWK. */
export async function keyFile(path: string, session: Session): Promise<KeySource> {
  const origin = printable(path);
  const key = parsedKey(await readText(session, path), origin, session);
  if (key.algorithms.length === 0) throw misused(session.texts.keys.unsupported(origin));
  return { keys: [key], origin };
}

/** A set may contain keys of kinds that nobody here knows; they are passed over (RFC 7517 §5). */
function readAll(entries: readonly unknown[]): ReadKey[] {
  return entries.flatMap((entry) => {
    try {
      return [readJwk(entry as Members)];
    } catch {
      return [];
    }
  });
}

function keysOf(set: Members | undefined, origin: string, { texts }: Session): ReadKey[] {
  const entries = set?.['keys'];
  if (!Array.isArray(entries)) throw misused(texts.keys.noSet(origin));
  return readAll(entries).filter(({ algorithms }) => algorithms.length > 0);
}

/** The keys of a JWKS, at an address or in a file. What is published can't be secret: no shared secret comes from an address. */
export async function keySet(place: string, session: Session): Promise<KeySource> {
  const origin = printable(place);
  const isAddress = /^[a-z][a-z0-9+.-]+:\/\//i.test(place);
  const text = isAddress ? undefined : readObject(await readText(session, place));
  const set = isAddress ? await fetchObject(trustedUrl(place, session), session) : undefined;
  const all = keysOf(set ?? (typeof text === 'object' ? text.members : undefined), origin, session);
  const keys = isAddress ? all.filter(({ key }) => key.type !== 'secret') : all;
  if (keys.length === 0) throw misused(session.texts.keys.noneUsable(origin));
  return { keys, origin };
}
