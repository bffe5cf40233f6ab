// Tests that every algorithm signs what jose verifies, verifies what jose signs, and takes nothing else.
import assert from 'node:assert/strict';
import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { CompactSign, compactVerify } from 'jose';
import { signBytes, verifyBytes } from './jws.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const [p256, p384, p521] = [curve('P-256'), curve('P-384'), curve('P-521')];
const ed25519 = generateKeyPairSync('ed25519');
const secret = createSecretKey(Buffer.alloc(64, 5));

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const pairs: Readonly<Record<string, Pair>> = {
  ...Object.fromEntries(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((alg) => [alg, rsa])),
  ...{ ES256: p256, ES384: p384, ES512: p521, EdDSA: ed25519, Ed25519: ed25519 },
  ...Object.fromEntries(['HS256', 'HS384', 'HS512'].map((alg) => [alg, { privateKey: secret, publicKey: secret }])),
};

for (const [alg, { privateKey, publicKey }] of Object.entries(pairs)) {
  test(`${alg}: jose verifies what is signed here`, async () => {
    const input = `${Buffer.from(JSON.stringify({ alg })).toString('base64url')}.eyJhIjoxfQ`;
    const signature = await signBytes(alg, Buffer.from(input), privateKey);
    const { payload } = await compactVerify(`${input}.${signature.toString('base64url')}`, publicKey);
    assert.equal(Buffer.from(payload).toString(), '{"a":1}');
  });

  test(`${alg}: what jose signs is verified here, and nothing that was changed`, async () => {
    const token = await new CompactSign(Buffer.from('{"a":1}')).setProtectedHeader({ alg }).sign(privateKey);
    const end = token.lastIndexOf('.');
    const [data, signature] = [Buffer.from(token.slice(0, end)), Buffer.from(token.slice(end + 1), 'base64url')];
    assert.equal(verifyBytes(alg, data, publicKey, signature), true);
    fc.assert(
      fc.property(fc.nat(signature.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(signature);
        changed[at] = (changed[at] as number) ^ flip;
        assert.equal(verifyBytes(alg, data, publicKey, changed), false);
      }),
      { numRuns: 30 },
    );
    for (const length of [0, 1, signature.length - 1, signature.length + 1]) {
      const resized = Buffer.alloc(length, signature);
      assert.equal(verifyBytes(alg, data, publicKey, resized), false, `${length} bytes`);
    }
    assert.equal(verifyBytes(alg, Buffer.concat([data, data]), publicKey, signature), false);
  });
}

test('an algorithm that is none signs and verifies nothing', () => {
  for (const alg of ['none', '', 'RS1', 'rs256', 'constructor', '__proto__']) {
    assert.throws(() => signBytes(alg, Buffer.from('x'), rsa.privateKey), RangeError);
    assert.equal(verifyBytes(alg, Buffer.from('x'), rsa.publicKey, Buffer.alloc(0)), false);
  }
});
