// Owns the pages and events of the revocation feed: what they say once they are known to be the issuer's.
import { decodeBase64Url, type JsonObject } from './encoding.ts';
import { type Fingerprint, printOf } from './fingerprints.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import { checkSignature, readToken } from './token.ts';

export interface FeedFact {
  readonly print: Fingerprint;
  /** Epoch seconds. */
  readonly expires: number;
  readonly position: number;
}

export interface FeedNews {
  readonly position: number;
  readonly facts: readonly FeedFact[];
}

export interface FeedPage extends FeedNews {
  readonly complete: boolean;
}

const isPosition = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function factOf(entry: unknown): FeedFact {
  const [text, expires, position] = Array.isArray(entry) ? entry : [];
  const bytes = typeof text === 'string' && text.length === 16 ? decodeBase64Url(text) : undefined;
  if (!bytes || !isPosition(expires) || !isPosition(position))
    throw new Error('The feed tells something that is no fact.');
  return { print: printOf(bytes), expires, position };
}

/** What a page or an event tells. Throws when it isn't told as it must be. */
export function readNews({ position, revoked }: JsonObject): FeedNews {
  if (!isPosition(position) || !Array.isArray(revoked)) throw new Error('The feed tells no position, or no facts.');
  return { position, facts: revoked.map(factOf) };
}

const longestPage = 4 * 1024 * 1024;

interface PageContext {
  readonly keys: Pick<IssuerKeys, 'find'>;
  readonly issuer: string;
  /** Epoch seconds. */
  readonly now: number;
  readonly tolerance: number;
  /** The position that was asked for. */
  readonly after: number;
}

/** Reads a signed page. Throws when it isn't the issuer's, or isn't the answer to what was asked now. */
export async function readPage(text: string, { keys, issuer, now, tolerance, after }: PageContext): Promise<FeedPage> {
  const read = readToken(text, { longest: longestPage });
  const { header, claims } = read;
  if (header['typ'] !== 'revocations+jwt') throw new Error('What the feed answered is no page of it.');
  await checkSignature(read, await keys.find(String(header['kid'])));
  if (claims['iss'] !== issuer) throw new Error('The page is of another issuer.');
  if (claims['after'] !== after) throw new Error('The page is the answer to another question.');
  if (typeof claims['exp'] !== 'number' || claims['exp'] + tolerance <= now) throw new Error('The page has expired.');
  return { ...readNews(claims), complete: claims['complete'] === true };
}
