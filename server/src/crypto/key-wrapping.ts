// Owns the taking over of keys that somebody wrapped for us (PKCS #11's CKM_RSA_AES_KEY_WRAP: RSA-OAEP, then RFC 5649).
import { constants, createDecipheriv, createPrivateKey, generateKeyPair, privateDecrypt } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

export interface WrappingKey {
  readonly publicKeyPem: string;
  readonly privateKeyPem: string;
}

export const wrappingAlgorithm = 'CKM_RSA_AES_KEY_WRAP';

export async function generateWrappingKey(): Promise<WrappingKey> {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: 4096 });
  return {
    publicKeyPem: publicKey.export({ format: 'pem', type: 'spki' }) as string,
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  };
}

const modulusBytes = 512;
/** RFC 5649 §3. */
const alternativeIv = Buffer.from('a65959a6', 'hex');

/** The key (256 bits) within; undefined when it isn't one that was wrapped for us. */
export function unwrapKey(privateKeyPem: string, wrapped: string): Buffer | undefined {
  try {
    const bytes = Buffer.from(wrapped, 'base64');
    const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
    const key = privateDecrypt({ key: createPrivateKey(privateKeyPem), ...padding }, bytes.subarray(0, modulusBytes));
    const decipher = createDecipheriv('id-aes256-wrap-pad', key, alternativeIv);
    const unwrapped = Buffer.concat([decipher.update(bytes.subarray(modulusBytes)), decipher.final()]);
    return unwrapped.length === 32 ? unwrapped : undefined;
  } catch {
    return undefined;
  }
}
