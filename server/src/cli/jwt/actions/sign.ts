// Owns `warifu jwt sign`: claims and a key to a token, unless the token would not be worth having.
import { minimumSecretBytes, type ReadKey } from '#crypto/key-text';
import { type Members, readObject } from '#protocol/json-text';
import { exitCodes } from '../../command.ts';
import { misused } from '../../refused.ts';
import { parseDuration } from '../../time.ts';
import { findingsOf } from '../findings.ts';
import { readJsonOrFile } from '../input.ts';
import { keyFile, type SecretOptions, secretOptions, secretSource } from '../keys.ts';
import { type Action, print, readOptions, type Session, warn } from '../session.ts';
import { readToken } from '../token.ts';
import { brief } from '../value.ts';

interface Options extends SecretOptions {
  readonly key?: string | undefined;
  readonly alg?: string | undefined;
  readonly kid?: string | undefined;
  readonly 'expires-in'?: string | undefined;
}

const options = {
  ...secretOptions,
  payload: { type: 'string' },
  key: { type: 'string' },
  alg: { type: 'string' },
  kid: { type: 'string' },
  'expires-in': { type: 'string' },
  header: { type: 'string' },
} as const;

async function objectOf(option: string, value: string, session: Session): Promise<Members> {
  const { usage } = session.texts;
  const object = readObject(await readJsonOrFile(session, value));
  if (typeof object === 'string') throw misused(usage.object(option));
  const [twice] = object.duplicates;
  if (twice !== undefined) throw misused(usage.duplicate(brief(twice)));
  return object.members;
}

async function keyOf(named: Options, session: Session): Promise<ReadKey> {
  const { usage, keys } = session.texts;
  const sources = [named.key, named['secret-file'], named['secret-env']].filter((one) => one !== undefined);
  if (sources.length > 1) throw misused(usage.oneKey);
  const source = named.key === undefined ? await secretSource(named, session) : await keyFile(named.key, session);
  const key = source?.keys[0];
  if (!source || !key) throw misused(usage.noSigningKey);
  if (key.key.type === 'public') throw misused(keys.notPrivate(String(source.origin)));
  return key;
}

function algorithmOf({ algorithms, key }: ReadKey, asked: string | undefined, { texts }: Session): string {
  const { sign, list } = texts;
  if (asked?.toLowerCase() === 'none') throw misused(sign.algNone);
  const alg = algorithms.find((candidate) => asked === undefined || candidate === asked);
  if (alg === undefined) throw misused(sign.algMismatch(brief(asked), list([...algorithms])));
  const bytes = key.symmetricKeySize ?? Infinity;
  if (key.type !== 'secret' || bytes >= minimumSecretBytes(alg)) return alg;
  throw misused(sign.shortSecret(bytes, alg, minimumSecretBytes(alg)));
}

/** Parameters that make readers treat a token in another way than they treat a JWT. */
const reserved = ['crit', 'b64', 'enc', 'zip'];

function headerOf(alg: string, kid: string | undefined, more: Members, { texts: { sign } }: Session) {
  if (more['alg'] !== undefined && more['alg'] !== alg) throw misused(sign.algInHeader(brief(more['alg'])));
  if (more['kid'] !== undefined && kid !== undefined && more['kid'] !== kid) throw misused(sign.kidInHeader);
  const forbidden = reserved.find((name) => name in more);
  if (forbidden !== undefined) throw misused(sign.reserved(forbidden));
  return { alg, typ: 'JWT', ...(kid === undefined ? {} : { kid }), ...more };
}

function claimsOf(payload: Members, expiresIn: string | undefined, session: Session): Members {
  const { usage, sign } = session.texts;
  const iat = session.nowSec;
  if (expiresIn === undefined) return { iat, ...payload };
  if (payload['exp'] !== undefined) throw misused(sign.expTwice);
  const seconds = parseDuration(expiresIn);
  if (seconds === undefined) throw misused(usage.duration);
  return { iat, ...payload, exp: iat + seconds };
}

async function signed(claims: Members, header: Members & { alg: string }, { key }: ReadKey, session: Session) {
  const { CompactSign } = await import('jose');
  try {
    const bytes = Buffer.from(JSON.stringify(claims));
    return await new CompactSign(bytes).setProtectedHeader(header).sign(key);
  } catch (error) {
    throw misused(session.texts.sign.unusableKey(error instanceof Error ? brief(error.message) : String(error)));
  }
}

/** What is wrong or risky with the new token is said beside it, and does not hinder: tests need bad tokens as well. */
function warnAbout(text: string, session: Session): void {
  const token = readToken(text);
  if (token.form !== 'jws') return;
  for (const { level, sentence } of findingsOf(token, session.texts, session)) {
    if (level !== 'note') warn(session, `[${session.texts.explain.levels[level]}] ${sentence}`);
  }
}

export const sign: Action = {
  name: 'sign',
  async run(session, args) {
    const { values, positionals } = readOptions(session, args, options);
    const { usage } = session.texts;
    if (positionals.length > 0) throw misused(usage.noPositional);
    if (values.payload === undefined) throw misused(usage.noPayload);
    const key = await keyOf(values, session);
    const alg = algorithmOf(key, values.alg, session);
    const more = values.header === undefined ? {} : await objectOf('--header', values.header, session);
    const header = headerOf(alg, values.kid ?? key.kid, more, session);
    const payload = await objectOf('--payload', values.payload, session);
    const token = await signed(claimsOf(payload, values['expires-in'], session), header, key, session);
    print(session, [token]);
    warnAbout(token, session);
    return exitCodes.ok;
  },
};
