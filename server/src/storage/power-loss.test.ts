// Owns the proof that what was acknowledged survives a power cut, and that the proof would notice if it didn't.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { openDatabase } from './open-database.ts';
import * as refreshTokens from './tables/refresh-tokens.ts';
import * as users from './tables/users.ts';
import { withDatabase } from './testing.ts';
import { refreshTokenRow, userRow } from './testing-rows.ts';

/** What a power cut leaves: the log's first bytes that the disk has promised, and who was answered by then. */
interface Cut {
  readonly kept: number;
  readonly acknowledged: readonly string[];
}

/** The disk's promises: how much of the log was there when the last finished sync began. */
const disk = { kept: 0, onPromise: (_kept: number) => {} };
const real = fs.fdatasync;

/** Slower than the real one, so that commits arrive while it runs. */
function slowSync(file: number, callback: (error: NodeJS.ErrnoException | null) => void): void {
  const { size } = fs.fstatSync(file);
  setTimeout(() => {
    disk.onPromise(size);
    disk.kept = size;
    callback(null);
  }, 2);
}

before(() => {
  fs.fdatasync = slowSync as typeof fs.fdatasync;
  syncBuiltinESMExports();
});

after(() => {
  fs.fdatasync = real;
  syncBuiltinESMExports();
});

/** Writers that rotate and insert, each answered as soon as it may be. Returns the image of every possible cut. */
async function cutsOf(path: string, barrier: boolean): Promise<{ cuts: Cut[]; log: Buffer }> {
  await (await openDatabase(`sqlite:${path}`)).close();
  await copyFile(path, `${path}.before`);
  const database = await openDatabase(`sqlite:${path}`);
  const acknowledged: string[] = [];
  const cuts: Cut[] = [];
  disk.kept = 0;
  disk.onPromise = () => cuts.push({ kept: disk.kept, acknowledged: [...acknowledged] });
  await users.insert(database.queries, userRow({ user_id: 'auth0|writer' }));
  const write = async (family_id: string) => {
    await database.transaction(async (queries) => {
      const row = refreshTokenRow({ family_id, user_id: 'auth0|writer' });
      await refreshTokens.insert(queries, row);
      await refreshTokens.rotate(queries, { ...row, successor: 1 }, 1);
    });
    const flushed = database.flushed();
    if (barrier) await flushed;
    else await new Promise((resolve) => setImmediate(resolve));
    acknowledged.push(family_id);
  };
  const writer = async (name: number) => {
    for (let count = 0; count < 15; count += 1) await write(`${name}-${count}`);
  };
  await Promise.all(Array.from({ length: 8 }, (_, name) => writer(name)));
  cuts.push({ kept: disk.kept, acknowledged: [...acknowledged] });
  const log = await readFile(`${path}-wal`);
  // The log must only have grown: its beginning is then what it was at every cut.
  assert.ok(log.length < 4_000_000);
  await database.close();
  return { cuts, log };
}

/** Which acknowledged writes are not there after the cut, with so many bytes kept that were never promised. */
async function lostAt(path: string, { kept, acknowledged }: Cut, log: Buffer, unpromised: number): Promise<string[]> {
  const image = join(dirname(path), 'image', 'warifu.sqlite');
  await mkdir(dirname(image), { recursive: true });
  await copyFile(`${path}.before`, image);
  const tail = log.subarray(kept, kept + unpromised).map((byte, index) => (index % 512 < 256 ? byte : 0));
  await writeFile(`${image}-wal`, Buffer.concat([log.subarray(0, kept), tail]));
  fs.rmSync(`${image}-shm`, { force: true });
  const database = await openDatabase(`sqlite:${image}`);
  const rows = await database.queries.selectFrom('refresh_tokens').select(['family_id', 'generation']).execute();
  await database.close();
  for (const row of rows) assert.equal(row.generation, 1, 'half of a transaction survived');
  const survived = new Set(rows.map((row) => row.family_id));
  return acknowledged.filter((id) => !survived.has(id));
}

async function lossesOf(barrier: boolean): Promise<{ losses: number; cuts: number }> {
  return withDatabase('sqlite', async (url) => {
    const path = url.slice('sqlite:'.length);
    const { cuts, log } = await cutsOf(path, barrier);
    disk.onPromise = () => {};
    let losses = 0;
    for (const cut of cuts) {
      losses += (await lostAt(path, cut, log, 0)).length;
      losses += (await lostAt(path, cut, log, 6000)).length;
    }
    return { losses, cuts: cuts.length };
  });
}

test('no acknowledged write is lost in a power cut, whatever the disk kept of the rest', async () => {
  const { losses, cuts } = await lossesOf(true);
  assert.ok(cuts > 10, `only ${cuts} cuts were tried`);
  assert.equal(losses, 0);
});

test('answers that do not wait for the disk are lost in the same power cuts', async () => {
  const { losses } = await lossesOf(false);
  assert.ok(losses > 0);
});
