// Owns what a text is, as far as it can be told without a key: a signed JWT, an encrypted one, an opaque token, or none.
import { decodeCanonical } from '#crypto/vault';
import { type Members, type ObjectProblem, readObject } from '#protocol/json-text';

export interface SignedToken {
  readonly form: 'jws';
  readonly text: string;
  readonly header: Members;
  readonly payload: Members;
  readonly signature: Uint8Array;
  readonly duplicates: readonly string[];
}

export interface EncryptedToken {
  readonly form: 'jwe';
  readonly text: string;
  readonly header: Members;
  readonly duplicates: readonly string[];
}

export type Part = 'header' | 'payload' | 'signature';
export type PartProblem = ObjectProblem | 'base64' | 'utf8';
export type Problem =
  | { readonly kind: 'empty' | 'privateKey' | 'publicKey' | 'json' | 'noToken' }
  | { readonly kind: 'parts'; readonly count: number }
  | { readonly kind: 'part'; readonly part: Part; readonly problem: PartProblem };

export type Token =
  | SignedToken
  | EncryptedToken
  | { readonly form: 'refresh' | 'opaque' }
  | { readonly form: 'broken'; readonly problem: Problem };

const utf8 = new TextDecoder('utf-8', { fatal: true });

class Broken extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.kind);
    this.problem = problem;
  }
}

/** Tokens are pasted with what stood around them. */
function unwrap(pasted: string): string {
  return pasted
    .trim()
    .replace(/^authorization:\s*/i, '')
    .replace(/^(?:bearer|dpop)\s+/i, '')
    .replace(/^(["'`])(.*)\1$/s, '$2')
    .trim();
}

function bytesOf(text: string, part: Part): Uint8Array {
  if (text === '') return new Uint8Array();
  const bytes = decodeCanonical(text);
  if (!bytes) throw new Broken({ kind: 'part', part, problem: 'base64' });
  return bytes;
}

function objectOf(text: string, part: 'header' | 'payload') {
  let json: string;
  try {
    json = utf8.decode(bytesOf(text, part));
  } catch (error) {
    if (error instanceof Broken) throw error;
    throw new Broken({ kind: 'part', part, problem: 'utf8' });
  }
  const object = readObject(json);
  if (typeof object === 'string') throw new Broken({ kind: 'part', part, problem: object });
  return object;
}

function withoutParts(text: string): Token {
  if (/^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) throw new Broken({ kind: 'privateKey' });
  if (text.startsWith('-----BEGIN ')) throw new Broken({ kind: 'publicKey' });
  if (typeof readObject(text) === 'object') throw new Broken({ kind: 'json' });
  if (text.startsWith('eyJ')) throw new Broken({ kind: 'parts', count: text.split('.').length });
  if (/^[\w.~+/-]{16,}={0,2}$/.test(text)) return { form: 'opaque' };
  throw new Broken({ kind: 'noToken' });
}

function parse(text: string): Token {
  if (text === '') throw new Broken({ kind: 'empty' });
  if (/^v1\.[\w-]{20,}$/.test(text)) return { form: 'refresh' };
  const parts = /^[\w.=+/-]+$/.test(text) ? text.split('.') : [];
  const [head = '', body = '', tail = ''] = parts;
  if (parts.length === 3) {
    const header = objectOf(head, 'header');
    const payload = objectOf(body, 'payload');
    const duplicates = [...new Set([...header.duplicates, ...payload.duplicates])];
    const signature = bytesOf(tail, 'signature');
    return { form: 'jws', text, header: header.members, payload: payload.members, signature, duplicates };
  }
  if (parts.length === 5) {
    const { members, duplicates } = objectOf(head, 'header');
    return { form: 'jwe', text, header: members, duplicates };
  }
  return withoutParts(text);
}

/** Never throws, whatever the text is. Nothing is verified. */
export function readToken(pasted: string): Token {
  try {
    return parse(unwrap(pasted));
  } catch (error) {
    if (error instanceof Broken) return { form: 'broken', problem: error.problem };
    throw error;
  }
}
