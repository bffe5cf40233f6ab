// Tests that what is encrypted is read by who it is for, and that nothing is read which would cost more than it tells.
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { type DecryptionKey, decryptJwe, encryptJwe, type JweAlgorithm, jweAlgorithms, jweEncryptions } from './jwe.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pairOf = (alg: JweAlgorithm): { privateKey: KeyObject; publicKey: KeyObject } =>
  alg.startsWith('RSA') ? rsa : ec;
const keyFor = (alg: JweAlgorithm): DecryptionKey => ({ kid: 'k', alg, privateKey: pairOf(alg).privateKey });

for (const alg of jweAlgorithms) {
  for (const enc of jweEncryptions) {
    test(`${alg} with ${enc}: jose reads what is encrypted here, and the other way round`, async () => {
      const { publicKey, privateKey } = pairOf(alg);
      const ours = await encryptJwe('割符', { alg, enc, key: publicKey, kid: 'k', cty: 'JWT' });
      const { plaintext, protectedHeader } = await compactDecrypt(ours, privateKey);
      assert.equal(Buffer.from(plaintext).toString(), '割符');
      assert.deepEqual([protectedHeader.cty, protectedHeader.kid], ['JWT', 'k']);
      const theirs = await new CompactEncrypt(Buffer.from('割符')).setProtectedHeader({ alg, enc }).encrypt(publicKey);
      assert.equal(await decryptJwe(theirs, [keyFor(alg)]), '割符');
    });
  }
}

test('J07: what is compressed, of a password, of a shared key or of RSA 1.5 is not read', async () => {
  const key = keyFor('RSA-OAEP-256');
  const header = (members: object) => Buffer.from(JSON.stringify(members)).toString('base64url');
  for (const members of [
    { alg: 'RSA-OAEP-256', enc: 'A256GCM', zip: 'DEF' },
    { alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2 ** 31, p2s: 'AAAA' },
    { alg: 'dir', enc: 'A256GCM' },
    { alg: 'RSA1_5', enc: 'A256GCM' },
    { alg: 'A128KW', enc: 'A128GCM' },
    { alg: 'RSA-OAEP-256', enc: 'A192GCM' },
    { alg: 'RSA-OAEP-256', enc: 'A256GCM', crit: ['exp'] },
    { alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'another' },
  ]) {
    assert.equal(await decryptJwe(`${header(members)}.AAAA.AAAA.AAAA.AAAA`, [key]), undefined, JSON.stringify(members));
  }
});

test('what was changed, is too long, or is no JWE at all is not read, and nothing is thrown', async () => {
  const key = keyFor('ECDH-ES');
  const jwe = await encryptJwe('x', { alg: 'ECDH-ES', enc: 'A256GCM', key: ec.publicKey });
  assert.equal(await decryptJwe(jwe, [key]), 'x');
  const edit = fc.record({ at: fc.nat(jwe.length), text: fc.string({ maxLength: 2 }), cut: fc.nat(3) });
  await fc.assert(
    fc.asyncProperty(edit, async ({ at, text, cut }) => {
      const changed = jwe.slice(0, at) + text + jwe.slice(at + cut);
      fc.pre(changed !== jwe);
      assert.ok([undefined, 'x'].includes(await decryptJwe(changed, [key])));
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => assert.equal(await decryptJwe(text, [key]), undefined)),
  );
  assert.equal(await decryptJwe(`${jwe}${'A'.repeat(32_768)}`, [key]), undefined);
});

test('nothing is encrypted by an algorithm that is not used here', async () => {
  for (const [alg, enc] of [
    ['RSA1_5', 'A256GCM'],
    ['dir', 'A256GCM'],
    ['RSA-OAEP-256', 'none'],
  ] as const) {
    await assert.rejects(encryptJwe('x', { alg, enc, key: rsa.publicKey }), RangeError);
  }
});
