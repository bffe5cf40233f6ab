import assert from 'node:assert/strict';
import { argon2Sync, createHash, createHmac, pbkdf2Sync, scryptSync } from 'node:crypto';
import { describe, test } from 'node:test';
import type { ForeignHash } from './foreign-hash.ts';
import {
  foreignAlgorithms,
  foreignHashFault,
  isForeign,
  keptForeignHash,
  verifyForeignHash,
} from './foreign-hashes.ts';
import { createPasswordHasher } from './password-hash.ts';

const digest = (name: string, data: string | Buffer) => createHash(name).update(data).digest();
const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');

const argon2d = argon2Sync('argon2d', {
  message: 'password',
  nonce: 'somesalt',
  memory: 64,
  passes: 1,
  parallelism: 1,
  tagLength: 32,
});

/** Hashes of the password `password`, those of MD4 and Whirlpool made by OpenSSL, of bcrypt by libxcrypt, of Argon2 by its reference program. */
const hashes: Readonly<Record<string, ForeignHash>> = {
  'bcrypt $2a$': {
    algorithm: 'bcrypt',
    hash: { value: '$2a$04$VMqiiKuQpPmwzsSL2Q8DNuGPKQXqZzWegoTFTrUdqzcrg9M.cvmnu' },
  },
  'bcrypt $2b$': {
    algorithm: 'bcrypt',
    hash: { value: '$2b$05$VMqiiKuQpPmwzsSL2Q8DNu7jeHCX69p1bKj8X036l8WvvN0RyzCuy', encoding: 'utf8' },
  },
  'bcrypt $2y$': {
    algorithm: 'bcrypt',
    hash: { value: '$2y$04$VMqiiKuQpPmwzsSL2Q8DNuGPKQXqZzWegoTFTrUdqzcrg9M.cvmnu' },
  },
  'md4 in hex': { algorithm: 'md4', hash: { value: '8a9d093f14f8701df17732b2bb182c74', encoding: 'hex' } },
  'md5 in upper-case hex': {
    algorithm: 'md5',
    hash: { value: '5F4DCC3B5AA765D61D8327DEB882CF99', encoding: 'hex' },
  },
  'sha1 with a salt before': {
    algorithm: 'sha1',
    hash: { value: digest('sha1', 'saltpassword').toString('base64'), encoding: 'base64' },
    salt: { value: 'salt', position: 'prefix' },
  },
  'sha256 with a salt behind, in hex': {
    algorithm: 'sha256',
    hash: { value: digest('sha256', 'password\x01\x02').toString('hex'), encoding: 'hex' },
    salt: { value: '0102', encoding: 'hex', position: 'suffix' },
  },
  'sha512 in base64url': {
    algorithm: 'sha512',
    hash: { value: digest('sha512', 'password').toString('base64url'), encoding: 'base64' },
  },
  'sha256 of a password in UTF-16': {
    algorithm: 'sha256',
    hash: { value: digest('sha256', Buffer.from('password', 'utf16le')).toString('hex'), encoding: 'hex' },
    password: { encoding: 'ucs2' },
  },
  'hmac with sha256': {
    algorithm: 'hmac',
    hash: {
      value: createHmac('sha256', 'a key').update('password').digest('hex'),
      encoding: 'hex',
      digest: 'sha256',
      key: { value: 'a key', encoding: 'utf8' },
    },
  },
  'hmac with md4': {
    algorithm: 'hmac',
    hash: {
      value: 'fcd3a8ff04b8200784f1c4a73cce345d',
      encoding: 'hex',
      digest: 'md4',
      key: { value: 'key', encoding: 'utf8' },
    },
  },
  'hmac with whirlpool': {
    algorithm: 'hmac',
    hash: {
      value:
        '4f6592fc48a0c3b1df599aef7dace26966fae6bfee570e85e47fb7faf62becbdf46652f713e16feba4a09ca5dbeb0558e918d9574ff87eb10d8dab461eafed45',
      encoding: 'hex',
      digest: 'whirlpool',
      key: { value: 'key', encoding: 'utf8' },
    },
  },
  'ldap {SSHA}': {
    algorithm: 'ldap',
    hash: {
      value: `{SSHA}${Buffer.concat([digest('sha1', 'passwordsalt'), Buffer.from('salt')]).toString('base64')}`,
      encoding: 'utf8',
    },
  },
  'ldap {MD5}': { algorithm: 'ldap', hash: { value: `{MD5}${digest('md5', 'password').toString('base64')}` } },
  'ldap {ssha512}': {
    algorithm: 'ldap',
    hash: {
      value: `{ssha512}${Buffer.concat([digest('sha512', 'passwordsalt'), Buffer.from('salt')]).toString('base64')}`,
    },
  },
  'pbkdf2 with sha512': {
    algorithm: 'pbkdf2',
    hash: {
      value: `$pbkdf2-sha512$i=1000,l=64$${unpadded(Buffer.from('salt'))}$${unpadded(pbkdf2Sync('password', 'salt', 1000, 64, 'sha512'))}`,
      encoding: 'utf8',
    },
  },
  scrypt: {
    algorithm: 'scrypt',
    hash: { value: scryptSync('password', 'salt', 32, { N: 1024 }).toString('hex'), encoding: 'hex' },
    salt: { value: 'salt' },
    keylen: 32,
    cost: 1024,
  },
  argon2id: {
    algorithm: 'argon2',
    hash: { value: '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc' },
  },
  argon2i: {
    algorithm: 'argon2',
    hash: { value: '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA' },
  },
  argon2d: { algorithm: 'argon2', hash: { value: `$argon2d$v=19$m=64,t=1,p=1$c29tZXNhbHQ$${unpadded(argon2d)}` } },
};

describe('hashes of other systems', () => {
  for (const [name, hash] of Object.entries(hashes)) {
    test(`${name}: the password matches, and no other one`, async () => {
      assert.equal(foreignHashFault(hash), undefined);
      const kept = keptForeignHash(hash);
      assert.equal(isForeign(kept), true);
      assert.equal(await verifyForeignHash('password', kept), true);
      assert.equal(await verifyForeignHash('Password', kept), false);
      assert.equal(await verifyForeignHash('', kept), false);
    });
  }

  test('every algorithm is tried', () => {
    const tried = new Set(Object.values(hashes).map(({ algorithm }) => algorithm));
    assert.deepEqual([...foreignAlgorithms].sort(), [...tried].sort());
  });

  test('nobody is let in by the first 72 bytes of a password, or by what stands before a NUL (bcrypt)', async () => {
    // Of 72 letters a, whatever follows them.
    const long = keptForeignHash({
      algorithm: 'bcrypt',
      hash: { value: '$2b$04$VMqiiKuQpPmwzsSL2Q8DNuQQ.WI7mqkqphASJ0hZt7DdVXNYUYUH2' },
    });
    assert.equal(await verifyForeignHash('a'.repeat(72), long), true);
    assert.equal(await verifyForeignHash('a'.repeat(73), long), false);
    const kept = keptForeignHash(hashes['bcrypt $2a$'] as ForeignHash);
    assert.equal(await verifyForeignHash('password\0more', kept), false);
  });

  test('a password hasher takes them like its own', async () => {
    const hasher = createPasswordHasher();
    const kept = keptForeignHash(hashes['md5 in upper-case hex'] as ForeignHash);
    assert.equal(await hasher.verify('password', kept), true);
    assert.equal(await hasher.verify('another', kept), false);
  });
});

describe('hashes that cannot be verified', () => {
  const argon2 = (text: string): ForeignHash => ({ algorithm: 'argon2', hash: { value: text } });
  const faults: readonly (readonly [string, ForeignHash, string])[] = [
    ['bcrypt of another form', { algorithm: 'bcrypt', hash: { value: '$2x$10$abc' } }, 'hash.value'],
    ['bcrypt that takes minutes', { algorithm: 'bcrypt', hash: { value: `$2b$20$${'a'.repeat(53)}` } }, 'hash.value'],
    ['a digest that is too short', { algorithm: 'sha256', hash: { value: 'abcd', encoding: 'hex' } }, 'hash.value'],
    ['a digest that is no hex', { algorithm: 'md5', hash: { value: 'zz', encoding: 'hex' } }, 'hash.value'],
    [
      'a salt that is no hex',
      { ...(hashes['md4 in hex'] as ForeignHash), salt: { value: 'zz', encoding: 'hex' } },
      'salt.value',
    ],
    ['an HMAC without a digest', { algorithm: 'hmac', hash: { value: 'ab', encoding: 'hex' } }, 'hash.digest'],
    ['an HMAC without a key', { algorithm: 'hmac', hash: { value: 'ab', encoding: 'hex', digest: 'md5' } }, 'hash.key'],
    ['a scheme of directories that is unknown', { algorithm: 'ldap', hash: { value: '{CRYPT}abc' } }, 'hash.value'],
    [
      'pbkdf2 that takes minutes',
      { algorithm: 'pbkdf2', hash: { value: `$pbkdf2-sha1$i=90000000,l=20$YWJj$${'A'.repeat(27)}` } },
      'hash.value',
    ],
    ['scrypt without a length', { ...(hashes['scrypt'] as ForeignHash), keylen: undefined }, 'keylen'],
    ['scrypt without a salt', { ...(hashes['scrypt'] as ForeignHash), salt: undefined }, 'salt'],
    ['scrypt of an impossible cost', { ...(hashes['scrypt'] as ForeignHash), cost: 1000 }, 'cost'],
    ['scrypt that fills the memory', { ...(hashes['scrypt'] as ForeignHash), cost: 2 ** 24 }, 'cost'],
    ['argon2 of another version', argon2('$argon2i$v=16$m=64,t=1,p=1$c2FsdHNhbHQ$YWJjZGVmZ2hpag'), 'hash.value'],
    [
      'argon2 that fills the memory',
      argon2('$argon2i$v=19$m=9000000,t=1,p=1$c2FsdHNhbHQ$YWJjZGVmZ2hpag'),
      'hash.value',
    ],
  ];
  for (const [name, hash, path] of faults) {
    test(`${name} is a fault at ${path}`, () => assert.equal(foreignHashFault(hash)?.path, path));
  }
});
