// Owns what a token is known by in the revocation feed: its position, and the fingerprints of the facts that would end it.
import type { JsonObject } from './encoding.ts';
import { sha256 } from './signature.ts';
import type { ReadToken } from './token.ts';

/** As two numbers of 32 bits: 64 of the 96 bits that a fingerprint has are plenty to look one up. */
export type Fingerprint = readonly [number, number];

const form = /^([\w-]+)\.([0-9a-z]{1,10})\.([\w-]*)\.([\w-]+)$/;

interface TokenParts {
  readonly authorization: string | undefined;
  readonly position: number;
  readonly subject: string;
}

/** What a `jti` says; one of another form says nothing, and any fact ends its token. */
function partsOf(jti: unknown): TokenParts {
  const parts = typeof jti === 'string' ? form.exec(jti) : null;
  if (!parts) return { authorization: undefined, position: 0, subject: '' };
  const [, authorization, position = '', subject = ''] = parts;
  return { authorization, position: Number.parseInt(position, 36), subject };
}

/** The application that a token was issued to, in each of the two forms of access tokens. */
function clientOf({ client_id, azp }: JsonObject): string | undefined {
  return [client_id, azp].find((value) => typeof value === 'string');
}

/** The texts whose fingerprints end a token when they are in the feed after its position. */
function textsOf(claims: JsonObject): string[] {
  const { jti, sid, aud } = claims;
  const { authorization, subject } = partsOf(jti);
  const client = clientOf(claims);
  const audiences = [aud].flat().filter((each) => typeof each === 'string');
  const texts: string[] = [];
  if (typeof jti === 'string') texts.push(`token:${jti}`);
  if (authorization !== undefined) texts.push(`authorization:${authorization}`);
  if (typeof sid === 'string') texts.push(`session:${sid}`);
  if (client !== undefined)
    texts.push(`client:${client}`, ...audiences.map((aud) => `client-audience:${client} ${aud}`));
  texts.push(...audiences.map((audience) => `audience:${audience}`));
  if (subject === '') return texts;
  if (client !== undefined) texts.push(`user-client:${subject} ${client}`);
  texts.push(`user:${subject}`, ...audiences.map((audience) => `user-audience:${subject} ${audience}`));
  return texts;
}

/** Of bytes that begin with a fingerprint. */
export function printOf(bytes: Uint8Array): Fingerprint {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return [view.getUint32(0), view.getUint32(4)];
}

/** The fingerprint of a text. */
export function fingerprintOf(text: string): Fingerprint | Promise<Fingerprint> {
  const digest = sha256(text);
  return digest instanceof Uint8Array ? printOf(digest) : digest.then(printOf);
}

/** What a token is known by in the feed. */
export interface TokenPrints {
  readonly position: number;
  readonly prints: readonly Fingerprint[];
  /** Of the key that signed it. */
  readonly keyPrint: Fingerprint;
}

export const noPrints: TokenPrints = { position: 0, prints: [], keyPrint: [0, 0] };

export async function tokenPrints({ header, claims }: Pick<ReadToken, 'header' | 'claims'>): Promise<TokenPrints> {
  return {
    position: partsOf(claims['jti']).position,
    prints: await Promise.all(textsOf(claims).map(fingerprintOf)),
    keyPrint: await fingerprintOf(`key:${header['kid']}`),
  };
}
