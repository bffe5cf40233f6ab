// Owns cookies that only this application can read or make: sealed with AES-GCM, so any of its servers knows them, and none stores them.
import { decodeBase64Url, encodeBase64Url, freeze, type JsonObject } from '../encoding.ts';
import { VerifiedCache } from '../verified-cache.ts';

const nonceLength = 12;
/** What browsers keep of a cookie, name and attributes included (RFC 6265 §6.1). */
const longestPiece = 3800;
/** More than that, and servers refuse the requests for their headers' size. */
const mostPieces = 3;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A request, as the Web or Node has it. */
export interface CookieBearer {
  readonly headers: { get(name: string): string | null } | { readonly cookie?: string | undefined };
}

export interface CookieOptions {
  /** What cookies are sealed with; what other secrets of these have sealed is read, too. */
  readonly secrets: readonly string[];
  /** Whether the application is reached by https: then nobody else can set the cookie, not even another host of the domain. */
  readonly isSecure: boolean;
  /** How many are remembered that were read before, and aren't unsealed again; none unless told. */
  readonly cacheSize?: number;
}

async function keyOf(secret: string, name: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, ['deriveKey']);
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode(`warifu ${name}`) };
  return crypto.subtle.deriveKey(derivation, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

function isWeb(headers: CookieBearer['headers']): headers is { get(name: string): string | null } {
  return typeof (headers as { get?: unknown }).get === 'function';
}

/** The cookies of a request by name; of those that came twice the first. */
export function cookiesOf({ headers }: CookieBearer): ReadonlyMap<string, string> {
  const header = isWeb(headers) ? headers.get('cookie') : headers.cookie;
  const found = new Map<string, string>();
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(at, 0)).trim();
    if (name !== '' && !found.has(name)) found.set(name, pair.slice(at + 1).trim());
  }
  return found;
}

/**
 * A content that is longer than a cookie goes into several: the first is named as told, and begins with how many they are;
 * the second's name ends in `.1`.
 */
export class SealedCookie {
  readonly #name: string;
  readonly #isSecure: boolean;
  readonly #keys: readonly Promise<CryptoKey>[];
  readonly #known: VerifiedCache<JsonObject>;

  constructor(name: string, { secrets, isSecure, cacheSize = 0 }: CookieOptions) {
    this.#known = new VerifiedCache(cacheSize);
    this.#isSecure = isSecure;
    this.#name = isSecure ? `__Host-${name}` : name;
    this.#keys = secrets.map((secret) => keyOf(secret, name));
  }

  #nameOf(piece: number): string {
    return piece === 0 ? this.#name : `${this.#name}.${piece}`;
  }

  /** The headers that set it. Throws RangeError for more than cookies hold. */
  async write(content: JsonObject, maxAgeSec: number): Promise<string[]> {
    const nonce = crypto.getRandomValues(new Uint8Array(nonceLength));
    const text = encoder.encode(JSON.stringify(content));
    const key = await (this.#keys[0] as Promise<CryptoKey>);
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, text);
    const bytes = new Uint8Array(nonceLength + sealed.byteLength);
    bytes.set(nonce);
    bytes.set(new Uint8Array(sealed), nonceLength);
    const pieces = encodeBase64Url(bytes).match(new RegExp(`.{1,${longestPiece}}`, 'g')) ?? [];
    if (pieces.length > mostPieces) {
      throw new RangeError(
        `The session is ${text.length} bytes, more than cookies hold. Put fewer claims into its tokens.`,
      );
    }
    return pieces.map((piece, at) =>
      this.#header(this.#nameOf(at), at === 0 ? `${pieces.length}.${piece}` : piece, maxAgeSec),
    );
  }

  /** The headers that take away what a request has of it. */
  clear(bearer: CookieBearer): string[] {
    const found = cookiesOf(bearer);
    const names = Array.from({ length: mostPieces }, (_, at) => this.#nameOf(at));
    return names.filter((name) => found.has(name)).map((name) => this.#header(name, '', 0));
  }

  #header(name: string, value: string, maxAgeSec: number): string {
    const secure = this.#isSecure ? '; Secure' : '';
    return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${Math.floor(maxAgeSec)}${secure}`;
  }

  /** What a request's cookie holds, for nobody to change; undefined when there is none of ours. */
  async read(bearer: CookieBearer): Promise<JsonObject | undefined> {
    const text = this.#textOf(bearer);
    return text === undefined ? undefined : (this.#known.get(text) ?? (await this.#open(text)));
  }

  /** What a request has of it, sealed as it is; undefined when there is nothing, or something is missing. */
  #textOf(bearer: CookieBearer): string | undefined {
    const found = cookiesOf(bearer);
    const [, count, first] = /^([1-9])\.(.*)$/.exec(found.get(this.#name) ?? '') ?? [];
    if (first === undefined) return undefined;
    const others = Array.from({ length: Number(count) - 1 }, (_, at) => found.get(this.#nameOf(at + 1)));
    return others.includes(undefined) ? undefined : [first, ...others].join('');
  }

  async #open(text: string): Promise<JsonObject | undefined> {
    const bytes = decodeBase64Url(text);
    if (!bytes || bytes.length <= nonceLength) return undefined;
    for (const key of this.#keys) {
      const content = await opened(bytes, await key);
      if (content) this.#known.set(text, freeze(content));
      if (content) return content;
    }
    return undefined;
  }
}

async function opened(bytes: Uint8Array<ArrayBuffer>, key: CryptoKey): Promise<JsonObject | undefined> {
  try {
    const iv = bytes.subarray(0, nonceLength);
    const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, bytes.subarray(nonceLength));
    return JSON.parse(decoder.decode(text)) as JsonObject;
  } catch {
    return undefined;
  }
}
