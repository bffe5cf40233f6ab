// Owns cookies that only this application can read or make: sealed with AES-GCM, so any of its servers knows them, and none stores them.
import { decodeBase64Url, encodeBase64Url, type JsonObject } from './encoding.ts';

const nonceLength = 12;
/** What browsers keep of a cookie, name and attributes included (RFC 6265 §6.1). */
const longestValue = 3800;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface CookieOptions {
  readonly name: string;
  /** Whether the application is reached by https: then nobody else can set the cookie, not even another host of the domain. */
  readonly isSecure: boolean;
}

async function keyOf(secret: string, name: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, ['deriveKey']);
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode(`warifu ${name}`) };
  return crypto.subtle.deriveKey(derivation, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

export class SealedCookie {
  readonly #name: string;
  readonly #isSecure: boolean;
  readonly #key: Promise<CryptoKey>;

  constructor(secret: string, { name, isSecure }: CookieOptions) {
    this.#isSecure = isSecure;
    this.#name = isSecure ? `__Host-${name}` : name;
    this.#key = keyOf(secret, name);
  }

  /** The header that sets it. Throws RangeError for more than a cookie holds. */
  async write(content: JsonObject, maxAgeSec: number): Promise<string> {
    const nonce = crypto.getRandomValues(new Uint8Array(nonceLength));
    const text = encoder.encode(JSON.stringify(content));
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, await this.#key, text);
    const bytes = new Uint8Array(nonceLength + sealed.byteLength);
    bytes.set(nonce);
    bytes.set(new Uint8Array(sealed), nonceLength);
    const value = encodeBase64Url(bytes);
    if (value.length > longestValue)
      throw new RangeError('The session is more than a cookie holds. Keep fewer claims.');
    return this.#header(value, maxAgeSec);
  }

  clear(): string {
    return this.#header('', 0);
  }

  #header(value: string, maxAgeSec: number): string {
    const secure = this.#isSecure ? '; Secure' : '';
    return `${this.#name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${Math.floor(maxAgeSec)}${secure}`;
  }

  /** What a request's cookie holds; undefined when there is none of ours. */
  async read(header: string | null): Promise<JsonObject | undefined> {
    const pairs = (header ?? '').split(';').map((pair) => pair.trim());
    const pair = pairs.find((each) => each.startsWith(`${this.#name}=`));
    const bytes = pair && decodeBase64Url(pair.slice(this.#name.length + 1));
    if (!bytes || bytes.length <= nonceLength) return undefined;
    try {
      const iv = bytes.subarray(0, nonceLength);
      const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, await this.#key, bytes.subarray(nonceLength));
      return JSON.parse(decoder.decode(opened)) as JsonObject;
    } catch {
      return undefined;
    }
  }
}
