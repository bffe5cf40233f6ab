// Owns the master key: under it every secret that must be read again is sealed.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { decodeCanonical } from './vault.ts';

/** The sentence says which file, what is wrong with it, and what to do. */
export class MasterKeyRefused extends Error {
  override name = 'MasterKeyRefused';
}

function syncPath(path: string): void {
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/**
 * The key must never be younger than what it seals: it and its directory are on disk before it is used. It takes its
 * name when it is whole, so that a kill in between leaves no half of one, and never the name of another's.
 */
function create(path: string): void {
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  const file = openSync(draft, 'wx', 0o600);
  writeSync(file, `${randomBytes(32).toString('base64url')}\n`);
  fsyncSync(file);
  closeSync(file);
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  unlinkSync(draft);
  syncPath(dirname(path));
}

function isMissing(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) === undefined;
}

/** Reads `master.key` in the data directory, 32 bytes. Throws MasterKeyRefused when it is missing, open to others or damaged. */
export function readMasterKey(dataDirectory: string): Uint8Array {
  const path = join(dataDirectory, 'master.key');
  if (isMissing(path)) {
    throw new MasterKeyRefused(`There is no ${path}. Set WARIFU_DATA to the data directory of the server.`);
  }
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw new MasterKeyRefused(`Others may read ${path}. Run: chmod 600 ${path}`);
  }
  const key = decodeCanonical(readFileSync(path, 'utf8').trim());
  if (key?.length !== 32) {
    throw new MasterKeyRefused(
      `${path} is damaged: it must hold 43 characters of base64url. Put the right file back from a backup.`,
    );
  }
  return key;
}

/** The same, but makes the file and its directory when they are missing, readable by the owner alone. */
export function loadMasterKey(dataDirectory: string): Uint8Array {
  const path = join(dataDirectory, 'master.key');
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  if (isMissing(path)) create(path);
  return readMasterKey(dataDirectory);
}
