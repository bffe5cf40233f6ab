// Owns what happens in the thread that compares passwords with bcrypt hashes.
import { parentPort } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';
import type { Answer, Question } from './bcrypt.ts';

parentPort?.on('message', ({ id, password, hash }: Question) => {
  parentPort?.postMessage({ id, matches: compareSync(password, hash) } satisfies Answer);
});
