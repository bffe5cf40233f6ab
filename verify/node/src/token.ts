// Owns the form of a token: what it is at first sight, its parts, and whether its signature is the issuer's.
import { decodeBase64Url, decodeObject, type JsonObject } from './encoding.ts';
import { VerificationError } from './errors.ts';
import type { VerificationKey } from './signature.ts';

const longestToken = 16 * 1024;

export interface ReadToken {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** What is signed. */
  readonly signed: Uint8Array<ArrayBuffer>;
  /** Undefined where there is none. */
  readonly signature: Uint8Array<ArrayBuffer> | undefined;
}

const malformed = (sentence: string) => new VerificationError('malformed', sentence);

const opaque =
  'This is no JWT but an opaque token. Ask for a token with the audience of your API: without one the issuer gives a token for /userinfo alone.';

function partsOf(token: string, longest: number): readonly [string, string, string] {
  if (token.length > longest) throw malformed('The token is longer than any access token.');
  if (token.startsWith('v1.')) {
    throw new VerificationError('wrong_kind', 'This is a refresh token; send the access token.');
  }
  const parts = token.split('.');
  if (parts.length === 5) {
    throw new VerificationError(
      'encrypted',
      'The token is encrypted. Only the API whose key it was encrypted for can read it.',
    );
  }
  if (parts.length !== 3) throw malformed(opaque);
  return parts as [string, string, string];
}

const encoder = new TextEncoder();

/** Takes a token apart. Throws malformed, encrypted or wrong_kind. */
export function readToken(token: string, { longest = longestToken } = {}): ReadToken {
  const [head, body, mark] = partsOf(token, longest);
  const header = decodeObject(head);
  const claims = decodeObject(body);
  const signature = decodeBase64Url(mark);
  if (!header || !claims) throw malformed(opaque);
  return { header, claims, signed: encoder.encode(`${head}.${body}`), signature };
}

/** What other JWTs of an issuer are, by their type. */
const kinds: Readonly<Record<string, string>> = {
  'logout+jwt': 'a logout token',
  'dpop+jwt': 'a DPoP proof; it belongs into the header DPoP',
  'secevent+jwt': 'a security event',
  'statuslist+jwt': 'a status list',
  'revocations+jwt': 'a page of the revocation feed',
  'token-introspection+jwt': 'an answer of introspection',
};

/** Whether the header is RFC 9068's; Auth0's form has the plain one. Throws wrong_kind, wrong_algorithm or malformed. */
export function checkHeader(
  header: JsonObject,
  algorithms: readonly string[],
): { readonly kid: string; readonly isRfc9068: boolean } {
  const { typ = 'JWT', alg, kid, crit } = header;
  const type = String(typ)
    .toLowerCase()
    .replace(/^application\//, '');
  if (type !== 'jwt' && type !== 'at+jwt') {
    const what = kinds[type] ?? 'a token of another kind';
    throw new VerificationError('wrong_kind', `This is ${what}; send the access token.`);
  }
  if (typeof alg !== 'string' || !algorithms.includes(alg)) {
    throw new VerificationError('wrong_algorithm', `The token's algorithm is not one of ${algorithms.join(', ')}.`);
  }
  if (crit !== undefined) throw malformed('The token has critical headers, and none is known here.');
  if (typeof kid !== 'string')
    throw new VerificationError('unknown_key', 'The token does not say which key signed it.');
  return { kid, isRfc9068: type === 'at+jwt' };
}

/** Throws wrong_algorithm or bad_signature. */
export async function checkSignature({ header, signed, signature }: ReadToken, key: VerificationKey): Promise<void> {
  if (header['alg'] !== key.alg) {
    throw new VerificationError('wrong_algorithm', "The token's algorithm is not the one that its key is for.");
  }
  const verified = signature !== undefined && key.verify(signed, signature);
  if (!(typeof verified === 'boolean' ? verified : await verified)) {
    throw new VerificationError(
      'bad_signature',
      "The token's signature is not the issuer's: it was changed, or forged.",
    );
  }
}
