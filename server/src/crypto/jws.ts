// Owns the signing and checking of bytes, algorithm by algorithm (RFC 7518 §3, RFC 8037 §3.1).
import {
  constants,
  createHmac,
  type KeyObject,
  type SignKeyObjectInput,
  sign,
  timingSafeEqual,
  type VerifyKeyObjectInput,
  verify,
} from 'node:crypto';
import { promisify } from 'node:util';

const signInPool = promisify(sign) as (
  digest: string | null,
  data: Uint8Array,
  key: KeyObject | SignKeyObjectInput,
) => Promise<Buffer>;

interface Mechanism {
  readonly digest: string | null;
  readonly options?: Pick<SignKeyObjectInput, 'padding' | 'saltLength' | 'dsaEncoding'>;
}

const pss = (bits: number): Mechanism => ({
  digest: `sha${bits}`,
  // RFC 7518 §3.5: the salt is as long as the digest.
  options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: bits / 8 },
});
const ecdsa = (bits: number): Mechanism => ({ digest: `sha${bits}`, options: { dsaEncoding: 'ieee-p1363' } });

const asymmetric: ReadonlyMap<string, Mechanism> = new Map<string, Mechanism>([
  ['RS256', { digest: 'sha256' }],
  ['RS384', { digest: 'sha384' }],
  ['RS512', { digest: 'sha512' }],
  ['PS256', pss(256)],
  ['PS384', pss(384)],
  ['PS512', pss(512)],
  ['ES256', ecdsa(256)],
  ['ES384', ecdsa(384)],
  ['ES512', ecdsa(512)],
  ['EdDSA', { digest: null }],
  ['Ed25519', { digest: null }],
]);

const hmacs: ReadonlyMap<string, string> = new Map([
  ['HS256', 'sha256'],
  ['HS384', 'sha384'],
  ['HS512', 'sha512'],
]);

function withKey({ options }: Mechanism, key: KeyObject): KeyObject | (SignKeyObjectInput & VerifyKeyObjectInput) {
  return options ? { key, ...options } : key;
}

/**
 * Signs bytes. RSA takes a third of a millisecond and is left to the thread pool; the others take less than the way
 * there. Throws RangeError for an algorithm that isn't one.
 */
export function signBytes(alg: string, data: Uint8Array, key: KeyObject): Buffer | Promise<Buffer> {
  const hmac = hmacs.get(alg);
  if (hmac !== undefined) return createHmac(hmac, key).update(data).digest();
  const mechanism = asymmetric.get(alg);
  if (!mechanism) throw new RangeError(`Nothing is signed with ${alg}.`);
  const input = withKey(mechanism, key);
  return key.asymmetricKeyType === 'rsa'
    ? signInPool(mechanism.digest, data, input)
    : sign(mechanism.digest, data, input);
}

/** Whether the key made the signature by this algorithm. The caller has made sure that the algorithm is the key's. */
export function verifyBytes(alg: string, data: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  const hmac = hmacs.get(alg);
  if (hmac !== undefined) {
    const expected = createHmac(hmac, key).update(data).digest();
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  }
  const mechanism = asymmetric.get(alg);
  return mechanism !== undefined && verify(mechanism.digest, data, withKey(mechanism, key), signature);
}
