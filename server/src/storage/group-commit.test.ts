// Owns the rules of the shared sync: whom it covers, who waits for the next, and that a failure confirms nothing.
import assert from 'node:assert/strict';
import fs, { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { GroupCommit } from './group-commit.ts';

const directory = mkdtempSync(join(tmpdir(), 'warifu-test-'));
const file = join(directory, 'log');
after(() => rmSync(directory, { recursive: true }));

type Callback = (error: NodeJS.ErrnoException | null) => void;

/** The syncs that were asked for and have not answered yet. */
const asked: Callback[] = [];
const real = fs.fdatasync;

beforeEach(() => {
  writeFileSync(file, '');
  asked.length = 0;
  fs.fdatasync = ((_: number, callback: Callback) => asked.push(callback)) as unknown as typeof fs.fdatasync;
  syncBuiltinESMExports();
});

afterEach(() => {
  fs.fdatasync = real;
  syncBuiltinESMExports();
});

/** Whether a promise has settled by now, with everything that could settle it done. */
async function isSettled(promise: Promise<void> | undefined): Promise<boolean> {
  let settled = false;
  void promise?.then(() => {
    settled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

const neverFails = (error: Error) => assert.fail(error);

describe('a shared sync', () => {
  test('is not needed before the first commit, nor twice for the same', async () => {
    const commits = new GroupCommit(file, neverFails);
    assert.equal(commits.flushed(), undefined);
    commits.committed();
    const first = commits.flushed();
    assert.equal(commits.flushed(), first);
    asked.shift()?.(null);
    await first;
    assert.equal(commits.flushed(), undefined);
    assert.equal(asked.length, 0);
  });

  test('covers every commit made before it starts, and one sync serves all of them', async () => {
    const commits = new GroupCommit(file, neverFails);
    for (let count = 0; count < 10; count += 1) commits.committed();
    const waiting = [commits.flushed(), commits.flushed()];
    assert.equal(asked.length, 1);
    asked.shift()?.(null);
    assert.deepEqual(await Promise.all(waiting.map(isSettled)), [true, true]);
  });

  test('does not cover a commit made while it runs: that one waits for the next', async () => {
    const commits = new GroupCommit(file, neverFails);
    commits.committed();
    const first = commits.flushed();
    commits.committed();
    const second = commits.flushed();
    commits.committed();
    const third = commits.flushed();
    asked.shift()?.(null);
    assert.deepEqual(await Promise.all([first, second, third].map(isSettled)), [true, false, false]);
    assert.equal(asked.length, 1);
    asked.shift()?.(null);
    assert.deepEqual(await Promise.all([second, third].map(isSettled)), [true, true]);
    assert.equal(commits.flushed(), undefined);
  });

  test('that fails is reported once, and nothing is confirmed ever after', async () => {
    const failures: string[] = [];
    const commits = new GroupCommit(file, (error) => failures.push(error.message));
    commits.committed();
    const first = commits.flushed();
    commits.committed();
    const second = commits.flushed();
    asked.shift()?.(new Error('EIO'));
    assert.deepEqual(await Promise.all([first, second, commits.flushed()].map(isSettled)), [false, false, false]);
    assert.deepEqual(failures, ['EIO']);
    assert.equal(asked.length, 0);
  });

  test('is waited for by close', async () => {
    const commits = new GroupCommit(file, neverFails);
    commits.committed();
    const closed = commits.close();
    assert.equal(await isSettled(closed), false);
    asked.shift()?.(null);
    await closed;
  });
});
