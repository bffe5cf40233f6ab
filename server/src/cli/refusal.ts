// Owns what an operator is told when the server cannot start: what is wrong, and what to do about it.
import { MasterKeyRefused } from '#crypto/master-key';
import { DatabaseRefused } from '#storage/database-refused';
import { ConfigError } from '../config.ts';

interface SystemError extends Error {
  readonly code: string;
  readonly path?: string;
  readonly port?: number;
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

const sentences: Readonly<Record<string, (error: SystemError) => string>> = {
  EADDRINUSE: ({ port }) =>
    `Port ${port} is in use by another program. Stop that one, or set PORT (or WARIFU_MTLS_PORT) to another port.`,
  EADDRNOTAVAIL: () => 'This machine has no such address to listen at. Set HOST to one that it has, or leave it out.',
  ENOTFOUND: () => 'The name in HOST is not known. Set it to an address of this machine, or leave it out.',
  EACCES: ({ path, port }) =>
    path === undefined
      ? `The user that runs Warifu may not listen at port ${port}. Set PORT to one above 1023.`
      : `The user that runs Warifu may not use ${path}. Give it the right, or set WARIFU_DATA to another directory.`,
  ENOENT: ({ path }) => `There is no ${path}. Set the setting that names it to a file that is there.`,
  ENOTDIR: ({ path }) => `${path} cannot be made: a part of its path is a file. Set WARIFU_DATA to another directory.`,
  EROFS: ({ path }) => `${path} is on a disk that can only be read. Set WARIFU_DATA to another directory.`,
  ENOSPC: ({ path }) => `The disk of ${path} is full. Free some space.`,
};

/** The sentence for what an operator can put right; undefined for anything else, which is a bug. */
export function refusalSentence(error: unknown): string | undefined {
  const kinds = [ConfigError, MasterKeyRefused, DatabaseRefused, RangeError];
  if (error instanceof Error && kinds.some((kind) => error instanceof kind)) return error.message;
  return isSystemError(error) ? sentences[error.code]?.(error) : undefined;
}
