// Owns `npm run bench -- timing [requests]`: whether the time of a refusal tells how much of a guessed secret is right.
import { randomBytes, randomInt } from 'node:crypto';
import { equalSecrets } from '../server/src/crypto/digest.ts';
import { type Fixture, guess } from './fixture.ts';
import { Connection } from './load.ts';

/** How many leading characters of the secret a guess has. The second 0 is for comparison: it can only differ by chance. */
const shared = [0, 0, 16, 32] as const;

/** In nanoseconds: the median of what one kind took longer than the first, and the interval that holds it 99 times of 100. */
interface Difference {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** The interval is that of the order statistics: it assumes nothing of how times are distributed. */
function differenceOf(times: readonly number[], first: readonly number[]): Difference {
  const sorted = times.map((time, index) => time - (first[index] as number)).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const reach = 2.576 * Math.sqrt(sorted.length / 4);
  const at = (index: number) => sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(index)))] as number;
  return { median: at(middle), low: at(middle - reach), high: at(middle + reach) };
}

/** So much of the secret, and then something else from the next character on, of the same length. */
function guessOf(secret: string, length: number): string {
  const tail = randomBytes(secret.length).toString('base64url');
  const differs = secret[length] === 'A' ? 'B' : 'A';
  return secret.slice(0, length) + differs + tail.slice(0, secret.length - length - 1);
}

function shuffled(count: number): readonly number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}

/** Does each kind once a round, in another order each time, so that what drifts touches all alike. Resolves to the times. */
async function rounds(
  count: number,
  kinds: number,
  once: (kind: number) => Promise<number> | number,
): Promise<readonly (readonly number[])[]> {
  const times = Array.from({ length: kinds }, () => new Array<number>(count).fill(0));
  for (let round = -Math.ceil(count / 10); round < count; round += 1) {
    for (const kind of shuffled(kinds)) {
      const took = await once(kind);
      // The rounds before the first warm the server up.
      if (round >= 0) (times[kind] as number[])[round] = took;
    }
  }
  return times;
}

function print(title: string, names: readonly string[], times: readonly (readonly number[])[]): void {
  const [first = []] = times;
  console.log(`\n${title}\nnanoseconds            median   longer than the first   99 % interval`);
  for (const [kind, own] of times.entries()) {
    const median = [...own].sort((a, b) => a - b)[own.length >> 1] as number;
    const columns = [String(names[kind]).padEnd(20), median.toFixed(0).padStart(8)];
    if (kind > 0) {
      const { median: longer, low, high } = differenceOf(own, first);
      columns.push(longer.toFixed(1).padStart(23), `${low.toFixed(1)} to ${high.toFixed(1)}`.padStart(22));
    }
    console.log(columns.join(' '));
  }
}

const names = shared.map((length) => `${length} characters`);

/** Over HTTP, as an attacker would: one connection, one request at a time. */
async function overHttp(origin: string, fixture: Fixture, count: number): Promise<void> {
  const connection = await Connection.open(origin);
  const { client_id, client_secret } = fixture.machine;
  const times = await rounds(count, shared.length + 1, async (kind) => {
    const length = shared[kind];
    const own = { client_id, client_secret: guessOf(client_secret, length ?? 0) };
    const request = guess(length === undefined ? { ...own, client_id: `${client_id.slice(1)}x` } : own);
    const start = process.hrtime.bigint();
    const { status } = await connection.send(request);
    const took = Number(process.hrtime.bigint() - start);
    if (status !== 401) throw new Error(`A guess was answered with ${status}.`);
    return took;
  });
  connection.close();
  print(`Refusals over HTTP, ${count} of each kind`, [...names, 'no such application'], times);
}

/** What would give a secret away: it stops at the first difference. */
function leaks(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

/** Without all that hides it on the way: the comparison by itself, so often at a time that a clock can tell. */
async function alone(name: string, secret: string, compare: (a: string, b: string) => boolean): Promise<void> {
  const repeated = 100;
  const times = await rounds(4000, shared.length, (kind) => {
    const given = guessOf(secret, shared[kind] as number);
    let equal = 0;
    const start = process.hrtime.bigint();
    for (let time = 0; time < repeated; time += 1) if (compare(given, secret)) equal += 1;
    const took = Number(process.hrtime.bigint() - start) / repeated;
    if (equal > 0) throw new Error('A wrong secret was taken.');
    return took;
  });
  print(name, names, times);
}

/** Prints how long refusals take by how much of the secret is right: over HTTP, and of the comparison by itself. */
export async function watchTiming(origin: string, fixture: Fixture, count: number): Promise<void> {
  await overHttp(origin, fixture, count);
  const { client_secret } = fixture.machine;
  await alone('The comparison by itself', client_secret, equalSecrets);
  await alone('One that stops at the first difference, to show that this would be seen', client_secret, leaks);
}
