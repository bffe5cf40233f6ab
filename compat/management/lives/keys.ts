// Owns the life of keys: those that tokens are signed with, and a root key of the tenant's own.
import assert from 'node:assert/strict';
import { constants, createCipheriv, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';
import type { ManagementClient } from 'auth0';
import { all, isMissing, type Life } from '../life.ts';

async function liveSigningKeys({ keys: { signing } }: ManagementClient): Promise<void> {
  const listed = await signing.list();
  assert.equal(listed.filter(({ current }) => current).length, 1);
  assert.equal(listed.filter(({ next }) => next).length, 1);
  const [key] = listed.filter(({ current }) => current);
  assert.deepEqual(await signing.get(key?.kid ?? ''), key);
  const certificate = new X509Certificate(key?.cert ?? '');
  assert.deepEqual([certificate.fingerprint, certificate.publicKey.type], [key?.fingerprint, 'public']);
  await assert.rejects(Promise.resolve(signing.get('no-such-key')), isMissing);
}

/** As PKCS #11's CKM_RSA_AES_KEY_WRAP: a key of AES by RSA-OAEP, then the material by that key (RFC 5649). */
function wrapped(material: Buffer, publicKey: string): string {
  const key = randomBytes(32);
  const cipher = createCipheriv('id-aes256-wrap-pad', key, Buffer.from('a65959a6', 'hex'));
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  const parts = [publicEncrypt({ key: publicKey, ...padding }, key), cipher.update(material), cipher.final()];
  return Buffer.concat(parts).toString('base64');
}

async function liveEncryptionKeys({ keys: { encryption } }: ManagementClient): Promise<void> {
  const { kid, state } = await encryption.create({ type: 'customer-provided-root-key' });
  assert.equal(state, 'pre-activation');
  const { public_key, algorithm } = await encryption.createPublicWrappingKey(kid);
  assert.equal(algorithm, 'CKM_RSA_AES_KEY_WRAP');
  const wrapped_key = wrapped(randomBytes(32), public_key);
  const imported = await encryption.import(kid, { wrapped_key });
  assert.deepEqual([imported.kid, imported.state], [kid, 'active']);
  assert.ok(!JSON.stringify(imported).includes(wrapped_key));
  assert.ok((await all(encryption.list())).some((key) => key.kid === kid));
  await encryption.rekey();
  await encryption.delete(kid);
  assert.equal((await encryption.get(kid)).state, 'destroyed');
  await assert.rejects(Promise.resolve(encryption.get('no-such-key')), isMissing);
}

export const keys: Life = {
  resource: 'keys',
  async live(auth0) {
    await liveSigningKeys(auth0);
    await liveEncryptionKeys(auth0);
  },
};
