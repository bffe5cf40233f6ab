// Proves that what `warifu jwt sign` makes `verify` accepts, for every algorithm, and that no bad pair of key and algorithm signs.
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { newYearSec, runJwt } from '../testing.ts';

const directory = mkdtempSync(join(tmpdir(), 'warifu-jwt-'));
after(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

function pair(name: string, { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }) {
  return {
    privatePem: file(`${name}.pem`, String(privateKey.export({ type: 'pkcs8', format: 'pem' }))),
    publicPem: file(`${name}.pub.pem`, String(publicKey.export({ type: 'spki', format: 'pem' }))),
    privateJwk: file(`${name}.jwk`, JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: `${name}-1` })),
    set: file(`${name}.jwks`, JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: `${name}-1` }] })),
  };
}

const rsa = pair('rsa', generateKeyPairSync('rsa', { modulusLength: 2048 }));
const ed25519 = pair('ed25519', generateKeyPairSync('ed25519'));
const ec = (namedCurve: string) => pair(namedCurve, generateKeyPairSync('ec', { namedCurve }));
const [p256, p384, p521] = [ec('P-256'), ec('P-384'), ec('P-521')];
const mlDsa = pair('ml-dsa-65', generateKeyPairSync('ml-dsa-65'));
const env = { SECRET: 's'.repeat(64), SHORT: 's'.repeat(31) };
const payload = JSON.stringify({ iss: 'https://login.example.com/', aud: 'https://api', sub: 'ann' });

const sign = (...args: string[]) => runJwt(['sign', '--payload', payload, '--expires-in', '1h', ...args], { env });
const verify = (token: string, ...args: string[]) => runJwt(['verify', token.trim(), ...args], { env });
const headerOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
const payloadOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

describe('sign, then verify', () => {
  const asymmetric: readonly (readonly [string, ReturnType<typeof pair>])[] = [
    ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((alg) => [alg, rsa] as const),
    ['ES256', p256],
    ['ES384', p384],
    ['ES512', p521],
    ['EdDSA', ed25519],
    ['Ed25519', ed25519],
    ['ML-DSA-65', mlDsa],
  ];
  for (const [alg, key] of asymmetric) {
    test(`${alg}, with PEM and with JWK`, async () => {
      const byPem = await sign('--key', key.privatePem, '--alg', alg);
      assert.equal(byPem.code, 0, byPem.err);
      assert.deepEqual(headerOf(byPem.out), { alg, typ: 'JWT' });
      assert.equal((await verify(byPem.out, '--key', key.publicPem, '--alg', alg)).code, 0);
      const byJwk = await sign('--key', key.privateJwk, '--alg', alg);
      assert.match(headerOf(byJwk.out).kid, /-1$/);
      assert.equal((await verify(byJwk.out, '--jwks', key.set)).code, 0);
    });
  }

  for (const alg of ['HS256', 'HS384', 'HS512']) {
    test(`${alg}, with a secret of the environment, of a file and of standard input`, async () => {
      const { code, out } = await sign('--secret-env', 'SECRET', '--alg', alg);
      assert.equal(code, 0);
      assert.equal((await verify(out, '--secret-env', 'SECRET')).code, 0);
      assert.equal((await verify(out, '--secret-file', file('secret', `${env.SECRET}\n`))).code, 0);
      const piped = await runJwt(['verify', out.trim(), '--secret-file', '-'], { stdin: env.SECRET });
      assert.equal(piped.code, 0);
    });
  }

  test('a secret may be written in base64', async () => {
    const secret = file('base64', `${Buffer.alloc(32, 0xfb).toString('base64')}\n`);
    const { out } = await sign('--secret-file', secret, '--secret-encoding', 'base64');
    assert.equal((await verify(out, '--secret-file', secret, '--secret-encoding', 'base64')).code, 0);
    assert.equal((await verify(out, '--secret-file', secret)).code, 1);
    assert.match((await sign('--secret-file', secret, '--secret-encoding', 'hex')).err, /The secret is no hex/);
  });
});

describe('sign', () => {
  test('adds iat and exp, and what the header is to have', async () => {
    const { out } = await sign('--secret-env', 'SECRET', '--kid', 'k', '--header', '{"typ":"at+jwt"}');
    assert.deepEqual(headerOf(out), { alg: 'HS256', typ: 'at+jwt', kid: 'k' });
    assert.deepEqual(payloadOf(out), { ...JSON.parse(payload), iat: newYearSec, exp: newYearSec + 3600 });
  });

  test('takes the claims from a file and from standard input', async () => {
    const fromFile = await runJwt(['sign', '--payload', file('claims.json', payload), '--secret-env', 'SECRET'], {
      env,
    });
    assert.equal(payloadOf(fromFile.out).sub, 'ann');
    const piped = await runJwt(['sign', '--payload', '-', '--secret-env', 'SECRET'], { env, stdin: payload });
    assert.equal(payloadOf(piped.out).sub, 'ann');
  });

  test('prints the token alone, and warns beside it', async () => {
    const claims = '{"password":"hunter2"}';
    const { code, out, err } = await runJwt(['sign', '--payload', claims, '--secret-env', 'SECRET'], { env });
    assert.equal(code, 0);
    assert.match(out, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    assert.match(err, /password looks like a secret/);
    assert.match(err, /It never expires/);
  });

  const key = ['--key', rsa.privatePem];
  const refusals: readonly (readonly [string, string[], RegExp])[] = [
    ['a secret shorter than the hash', ['--secret-env', 'SHORT'], /31 bytes, and HS256 needs at least 32/],
    ['HS256 with an RSA key', [...key, '--alg', 'HS256'], /HS256 does not fit this key.*RS256/],
    ['RS256 with an EC key', ['--key', p256.privatePem, '--alg', 'RS256'], /It can be used with: ES256\./],
    ['RS256 with a secret', ['--secret-env', 'SECRET', '--alg', 'RS256'], /RS256 does not fit/],
    ['alg none', [...key, '--alg', 'none'], /makes no signature/],
    ['a PEM as a secret', ['--secret-file', rsa.publicPem], /is a key in PEM/],
    ['a public key', ['--key', rsa.publicPem], /Signing needs the private one/],
    ['a file without a key', ['--key', file('empty', 'nothing')], /contains no key/],
    ['a file that is not there', ['--key', join(directory, 'absent')], /cannot be read: ENOENT/],
    ['a directory', ['--key', directory], /cannot be read: EISDIR/],
    ['a set', ['--key', rsa.set], /several keys/],
    ['two keys', [...key, '--secret-env', 'SECRET'], /one source of keys/],
    ['no key', [], /Say with what to sign/],
    ['a variable that is not set', ['--secret-env', 'ABSENT'], /no environment variable ABSENT/],
    ['another alg in the header', [...key, '--header', '{"alg":"PS256"}'], /contradicts --alg/],
    ['crit in the header', [...key, '--header', '{"crit":["exp"]}'], /not made here/],
    ['a duration that is none', [...key, '--expires-in', 'soon'], /is a duration such as/],
  ];
  for (const [what, args, sentence] of refusals) {
    test(`refuses ${what}`, async () => {
      const { code, out, err } = await sign(...args);
      assert.deepEqual({ code, out }, { code: 2, out: '' });
      assert.match(err, sentence);
    });
  }

  test('refuses a short RSA key with a sentence', async () => {
    const { privatePem } = pair('short', generateKeyPairSync('rsa', { modulusLength: 1024 }));
    const { code, err } = await sign('--key', privatePem);
    assert.equal(code, 2);
    assert.match(err, /The key cannot be used: .*2048/);
  });

  test('refuses a second exp, a name that stands twice, and standard input for two things', async () => {
    const signing = (...args: string[]) => runJwt(['sign', '--secret-env', 'SECRET', ...args], { env, stdin: '{}' });
    assert.match((await signing('--payload', '{"exp":1}', '--expires-in', '1h')).err, /has exp already/);
    assert.match((await signing('--payload', '{"a":1,"a":2}')).err, /The name a stands twice/);
    assert.match((await signing('--payload', '[1]')).err, /must be a JSON object/);
    const twice = await runJwt(['sign', '--payload', '-', '--secret-file', '-'], { stdin: env.SECRET });
    assert.match(twice.err, /can only be read once/);
  });

  test('refuses a key that is protected by a passphrase', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' });
    assert.match((await sign('--key', file('protected.pem', String(pem)))).err, /protected by a passphrase/);
  });
});
