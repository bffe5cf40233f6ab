// Owns the proof that whoever cannot start the server is told why, and what to do.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadMasterKey } from '#crypto/master-key';
import { refusalSentence } from './refusal.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test('a port in use is named, with the setting that changes it', async () => {
  const first = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => first.once('listening', resolve));
  const { port } = first.address() as { port: number };
  const second = createServer().listen(port, '127.0.0.1');
  const error = await new Promise((resolve) => second.once('error', resolve));
  first.close();
  assert.equal(
    refusalSentence(error),
    `Port ${port} is in use by another program. Stop that one, or set PORT (or WARIFU_MTLS_PORT) to another port.`,
  );
});

test('a data directory below a file is refused with its path', () => {
  const directory = mkdtempSync(join(tmpdir(), 'warifu-refusal-'));
  writeFileSync(join(directory, 'file'), '');
  const error = thrownBy(() => loadMasterKey(join(directory, 'file', 'data')));
  rmSync(directory, { recursive: true });
  assert.match(String(refusalSentence(error)), /file\/data cannot be made.*Set WARIFU_DATA to another directory\.$/);
});

test('a damaged master key is refused with its own sentence', () => {
  const directory = mkdtempSync(join(tmpdir(), 'warifu-refusal-'));
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'master.key'), 'short\n', { mode: 0o600 });
  const error = thrownBy(() => loadMasterKey(directory));
  rmSync(directory, { recursive: true });
  assert.match(String(refusalSentence(error)), /master\.key is damaged/);
});

test('a bug is no refusal: it keeps its stack', () => {
  assert.equal(refusalSentence(new TypeError('x is not a function')), undefined);
});
