// Proves that the master key is made once, kept from others, and never replaced when it is damaged.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { loadMasterKey, MasterKeyRefused } from './master-key.ts';

describe('the master key', () => {
  const parent = mkdtempSync(join(tmpdir(), 'warifu-key-'));
  const data = join(parent, 'deep', 'data');
  const file = join(data, 'master.key');
  after(() => rmSync(parent, { recursive: true, force: true }));
  beforeEach(() => rmSync(data, { recursive: true, force: true }));

  test('is made of 32 bytes at the first start, for the owner alone', () => {
    assert.equal(loadMasterKey(data).length, 32);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(data).mode & 0o777, 0o700);
    assert.match(readFileSync(file, 'utf8'), /^[A-Za-z0-9_-]{43}\n$/);
  });

  test('is the same at every later start, and another in another deployment', () => {
    const first = loadMasterKey(data);
    assert.deepEqual(loadMasterKey(data), first);
    assert.notDeepEqual(loadMasterKey(join(parent, 'other')), first);
  });

  for (const mode of [0o644, 0o640, 0o604, 0o620]) {
    test(`is refused with mode ${mode.toString(8)}, with the command that helps`, () => {
      loadMasterKey(data);
      chmodSync(file, mode);
      const refused = (error: unknown) =>
        error instanceof MasterKeyRefused && error.message.includes(`chmod 600 ${file}`);
      assert.throws(() => loadMasterKey(data), refused);
    });
  }

  for (const [what, text] of [
    ['empty', ''],
    ['too short', 'A'.repeat(42)],
    ['too long', 'A'.repeat(44)],
    ['not base64url', `${'A'.repeat(42)}+`],
    ['not canonical', `${'A'.repeat(42)}B`],
  ] as const) {
    test(`is refused and left as it is when it is ${what}`, () => {
      loadMasterKey(data);
      writeFileSync(file, text);
      const refused = (error: unknown) =>
        error instanceof MasterKeyRefused && error.message.includes(file) && /backup/.test(error.message);
      assert.throws(() => loadMasterKey(data), refused);
      assert.equal(readFileSync(file, 'utf8'), text);
    });
  }
});
