// Tests password hashes: their form, what they match, and the bound of the queue.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPasswordHasher, PasswordQueueFull } from './password-hash.ts';

const hasher = createPasswordHasher();

test('a hash is a PHC string of Argon2id with 19 MiB and 2 passes, salted anew each time', async () => {
  const [first, second] = await Promise.all([hasher.hash('secret'), hasher.hash('secret')]);
  assert.match(first, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(first, second);
});

test('the password that was hashed matches, and no other', async () => {
  const hash = await hasher.hash('Secret-1');
  assert.equal(await hasher.verify('Secret-1', hash), true);
  for (const wrong of ['', 'secret-1', 'Secret-1 ', 'Secret-', 'Secret-1\0'])
    assert.equal(await hasher.verify(wrong, hash), false, wrong);
});

test('P14: the end of a long password counts, and so does what follows a NUL', async () => {
  const long = 'x'.repeat(1000);
  const hash = await hasher.hash(`${long}a`);
  assert.equal(await hasher.verify(`${long}a`, hash), true);
  assert.equal(await hasher.verify(`${long}b`, hash), false);
  assert.equal(await hasher.verify('a\0c', await hasher.hash('a\0b')), false);
});

test('P15: composed and decomposed forms of a password are the same', async () => {
  const hash = await hasher.hash('Caf\u00e9-が');
  assert.equal(await hasher.verify('Cafe\u0301-か\u3099', hash), true);
  assert.equal(await hasher.verify('Cafe-が', hash), false);
});

test('P07: without a hash the same work is done, and nothing matches, not even what the stand-in holds', async () => {
  for (const password of ['', 'secret', 'A'.repeat(43), '\0'.repeat(32)])
    assert.equal(await hasher.verify(password, undefined), false);
  // The stand-in takes a place in the queue like a real one.
  const narrow = createPasswordHasher({ concurrency: 1, waiting: 0 });
  const running = narrow.verify('secret', undefined);
  await assert.rejects(narrow.verify('secret', undefined), PasswordQueueFull);
  assert.equal(await running, false);
});

test('D05: past its bound the queue refuses at once, and every one that waits gets its turn', async () => {
  const bounded = createPasswordHasher({ concurrency: 1, waiting: 3 });
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => bounded.hash('secret')));
  const refusals = results.filter((result) => result.status === 'rejected').map((result) => result.reason);
  assert.equal(refusals.length, 6);
  assert.ok(refusals.every((reason) => reason instanceof PasswordQueueFull));
  assert.match(await bounded.hash('secret'), /^\$argon2id/);
});

test('a failure gives its place back', async () => {
  const bounded = createPasswordHasher({ concurrency: 1, waiting: 0 });
  await assert.rejects(bounded.verify('secret', 'no hash'), /not of a known form/);
  assert.match(await bounded.hash('secret'), /^\$argon2id/);
});
