// Owns what is read from files, the environment and standard input: tokens, secrets and keys.
import { open } from 'node:fs/promises';
import { misused } from '../refused.ts';
import { printable } from '../terminal.ts';
import type { Session } from './session.ts';
import { warn } from './session.ts';
import { readToken, type Token } from './token.ts';

/** Bytes. Nothing that is read here is honestly longer. */
const maximumBytes = 1_048_576;

const readers = new WeakSet<Session>();

async function collect(session: Session, chunks: AsyncIterable<string | Uint8Array>): Promise<string> {
  const read: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    read.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > maximumBytes) throw misused(session.texts.input.tooLong(maximumBytes));
  }
  return Buffer.concat(read).toString('utf8');
}

async function readStdin(session: Session): Promise<string> {
  if (readers.has(session)) throw misused(session.texts.input.stdinTwice);
  readers.add(session);
  return collect(session, session.invocation.stdin);
}

/** A file's text, or that of standard input for `-`. */
export async function readText(session: Session, path: string): Promise<string> {
  if (path === '-') return readStdin(session);
  try {
    const file = await open(path);
    try {
      return await collect(session, file.createReadStream({ autoClose: false }));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw misused(session.texts.input.unreadable(printable(path), String(error.code)));
  }
}

/** JSON as it stands, or what a file or standard input contains. */
export async function readJsonOrFile(session: Session, value: string): Promise<string> {
  return /^\s*[{[]/.test(value) ? value : readText(session, value);
}

/** The one token of the arguments or, without any, of standard input. */
export async function readTokenArgument(session: Session, positionals: readonly string[]): Promise<Token> {
  const { texts, invocation } = session;
  if (positionals.length > 1) throw misused(texts.usage.tooMany);
  const [given = '-'] = positionals;
  if (given !== '-') return readToken(given);
  if (invocation.stdin.isTTY === true) warn(session, texts.input.paste);
  return readToken(await readStdin(session));
}
