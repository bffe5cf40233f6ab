// Owns what is done with the master key: sealing secrets that must be read again, and marking tokens as ours.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** Each purpose has a key of its own, so that nothing made for one is taken for another. */
export type Purpose =
  | 'signing-key'
  | 'encryption-key'
  | 'connection-key'
  | 'client-secret'
  | 'api-secret'
  | 'opaque-access-token'
  | 'access-token-mark'
  | 'refresh-token'
  | 'initial-access-token'
  | 'registration-token'
  | 'pairwise-subject'
  | 'sealed-subject'
  | 'ssf-push'
  | 'revocation-subject'
  | 'setting'
  | 'invitation'
  | 'download'
  | 'job-input'
  | 'dpop-nonce';

const nonceLength = 12;
const tagLength = 16;
const canonical = /^[A-Za-z0-9_-]+$/;

export interface Vault {
  /** AES-256-GCM; base64url of nonce, ciphertext and tag. */
  seal(purpose: Purpose, text: string): string;
  /** Opens a sealed text; undefined when it isn't one of ours, whole and unchanged, for this purpose. */
  unseal(purpose: Purpose, sealed: string): string | undefined;
  /** HMAC-SHA-256. */
  mac(purpose: Purpose, data: Uint8Array): Buffer;
  verifyMac(purpose: Purpose, data: Uint8Array, mac: Uint8Array): boolean;
}

/** Makes a vault from the deployment's master key of 32 bytes. */
export function createVault(masterKey: Uint8Array): Vault {
  const keys = new Map<Purpose, Buffer>();
  const keyFor = (purpose: Purpose): Buffer => {
    const known = keys.get(purpose);
    if (known) return known;
    const key = Buffer.from(hkdfSync('sha256', masterKey, '', `warifu/${purpose}`, 32));
    keys.set(purpose, key);
    return key;
  };
  const mac: Vault['mac'] = (purpose, data) => createHmac('sha256', keyFor(purpose)).update(data).digest();
  return {
    seal(purpose, text) {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv('aes-256-gcm', keyFor(purpose), nonce);
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
        'base64url',
      );
    },
    unseal(purpose, sealed) {
      const bytes = decodeCanonical(sealed);
      if (!bytes || bytes.length < nonceLength + tagLength) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', keyFor(purpose), bytes.subarray(0, nonceLength));
      decipher.setAuthTag(bytes.subarray(-tagLength));
      try {
        return decipher.update(bytes.subarray(nonceLength, -tagLength), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        return undefined;
      }
    },
    mac,
    verifyMac(purpose, data, given) {
      const expected = mac(purpose, data);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}

/** Decodes base64url that is written in the one canonical way; undefined otherwise (RFC 7515 §2). */
export function decodeCanonical(text: string): Buffer | undefined {
  if (!canonical.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
