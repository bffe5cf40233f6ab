// Owns bcrypt in JavaScript off the event loop: one thread, which starts when the first hash comes and ends no later than we.
import { Worker } from 'node:worker_threads';

export interface Question {
  readonly id: number;
  readonly password: string;
  readonly hash: string;
}

export interface Answer {
  readonly id: number;
  readonly matches: boolean;
}

const waiting = new Map<number, PromiseWithResolvers<boolean>>();
let thread: Worker | undefined;
let last = 0;

/** Who waits when a thread dies is told; the next question starts another. */
function failAll(error: Error): void {
  thread = undefined;
  for (const { reject } of waiting.values()) reject(error);
  waiting.clear();
}

function start(): Worker {
  const worker = new Worker(new URL('./bcrypt-thread.ts', import.meta.url));
  worker.on('message', ({ id, matches }: Answer) => {
    waiting.get(id)?.resolve(matches);
    waiting.delete(id);
    // An idle thread keeps nobody from stopping.
    if (waiting.size === 0) worker.unref();
  });
  worker.on('error', failAll);
  return worker;
}

/** Whether this is the password; bcryptjs compares in constant time. The hash is one of $2a$, $2b$ and $2y$. */
export function bcryptMatches(password: string, hash: string): Promise<boolean> {
  thread ??= start();
  last += 1;
  const answer = Promise.withResolvers<boolean>();
  waiting.set(last, answer);
  thread.ref();
  thread.postMessage({ id: last, password, hash } satisfies Question);
  return answer.promise;
}
