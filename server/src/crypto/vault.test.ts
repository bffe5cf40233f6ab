// Tests that what is sealed or marked with the master key opens whole, unchanged, for its purpose and for nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createVault, decodeCanonical, type Purpose } from './vault.ts';

const vault = createVault(new Uint8Array(32).fill(7));
const purposes: readonly Purpose[] = ['signing-key', 'client-secret', 'opaque-access-token', 'refresh-token'];

test('what is sealed is opened again, and nobody reads it meanwhile', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...purposes), (text, purpose) => {
      fc.pre(text.isWellFormed());
      const sealed = vault.seal(purpose, text);
      assert.equal(vault.unseal(purpose, sealed), text);
      assert.notEqual(vault.seal(purpose, text), sealed);
    }),
  );
});

test('C10: what is sealed for one purpose opens for no other', () => {
  for (const made of purposes) {
    for (const used of purposes) {
      assert.equal(vault.unseal(used, vault.seal(made, 'secret')), made === used ? 'secret' : undefined);
      const data = Buffer.from('data');
      assert.equal(vault.verifyMac(used, data, vault.mac(made, data)), made === used);
    }
  }
});

test('what another master key sealed does not open', () => {
  const other = createVault(new Uint8Array(32).fill(8));
  assert.equal(vault.unseal('client-secret', other.seal('client-secret', 'secret')), undefined);
});

test('T10: with any bit flipped it does not open', () => {
  const bytes = Buffer.from(vault.seal('opaque-access-token', 'claims'), 'base64url');
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
    assert.equal(vault.unseal('opaque-access-token', changed.toString('base64url')), undefined, `bit ${bit}`);
  }
});

test('T10: cut anywhere, or extended, it does not open', () => {
  const sealed = vault.seal('opaque-access-token', 'claims');
  const bytes = Buffer.from(sealed, 'base64url');
  for (let length = 0; length < bytes.length; length += 1) {
    assert.equal(vault.unseal('opaque-access-token', bytes.subarray(0, length).toString('base64url')), undefined);
    assert.equal(
      vault.unseal('opaque-access-token', bytes.subarray(bytes.length - length).toString('base64url')),
      undefined,
    );
  }
  for (const more of ['A', 'AA', 'AAAA', '.', '='])
    assert.equal(vault.unseal('opaque-access-token', sealed + more), undefined);
});

test('D14: whatever text is opened, it is refused without an error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String({ minLength: 40 })), (text) => {
      assert.equal(vault.unseal('opaque-access-token', text), undefined);
    }),
  );
});

test('a MAC of another length is refused', () => {
  const data = Buffer.from('data');
  const mac = vault.mac('refresh-token', data);
  assert.equal(vault.verifyMac('refresh-token', data, mac.subarray(1)), false);
  assert.equal(vault.verifyMac('refresh-token', data, Buffer.concat([mac, Buffer.from([0])])), false);
  assert.equal(vault.verifyMac('refresh-token', data, new Uint8Array()), false);
});

test('J09: base64url is read in its one canonical form only', () => {
  assert.deepEqual(decodeCanonical('_-8'), Buffer.from([0xff, 0xef]));
  for (const text of ['_-9', '_-8=', '/+8', '_-8 ', ' _-8', '_-\n8', '_', '_-8.', '', '_-8%3D'])
    assert.equal(decodeCanonical(text), undefined, text);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      assert.deepEqual(decodeCanonical(Buffer.from(bytes).toString('base64url')), Buffer.from(bytes));
    }),
  );
});
