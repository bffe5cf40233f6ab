// Owns `warifu keys list`: the keys as a table, or as JSON.
import { listSigningKeys, type SigningKey } from '#domain/key-rotation';
import { keyAlgorithms } from '#protocol/signing-algorithm';
import { exitCodes } from '../../command.ts';
import { parseOptions } from '../../options.ts';
import { misused } from '../../refused.ts';
import { dateOf } from '../../time.ts';
import { type Action, print, type Session, withKeys } from '../session.ts';

const order = ['current', 'next', 'previous', 'revoked'] as const;
const styles = { current: 'green', next: 'cyan', previous: 'dim', revoked: 'red' } as const;

/** When a key came to be what it is; epoch milliseconds. */
function since({ status, created_at, activated_at, retired_at, revoked_at }: SigningKey): number {
  const times = { current: activated_at, next: created_at, previous: retired_at, revoked: revoked_at };
  return times[status] ?? created_at;
}

function row(key: SigningKey, { texts, paint }: Session, width: number): string {
  const { status } = key;
  const name = texts.statuses[status];
  const date = dateOf(Math.floor(since(key) / 1000)) ?? '';
  return `  ${key.kid}  ${paint(styles[status], name)}${' '.repeat(width - name.length)}  ${texts.since[status](date)}`;
}

function forPeople(keys: readonly SigningKey[], session: Session): string[] {
  const { texts, paint } = session;
  if (keys.length === 0) return [texts.none];
  const width = Math.max(...order.map((status) => texts.statuses[status].length));
  const sorted = keys.toSorted((one, other) => order.indexOf(one.status) - order.indexOf(other.status));
  return keyAlgorithms.flatMap((alg) => {
    const own = sorted.filter((key) => key.alg === alg);
    return own.length === 0 ? [] : [paint('bold', alg), ...own.map((key) => row(key, session, width))];
  });
}

const iso = (ms: number | null) => (ms === null ? undefined : new Date(ms).toISOString());

function forPrograms(keys: readonly SigningKey[]): string {
  return JSON.stringify(
    keys.map(({ created_at, activated_at, retired_at, revoked_at, certificate, ...key }) => ({
      ...key,
      created_at: iso(created_at),
      activated_at: iso(activated_at),
      retired_at: iso(retired_at),
      revoked_at: iso(revoked_at),
      cert: certificate,
    })),
    null,
    2,
  );
}

export const list: Action = {
  name: 'list',
  async run(session, args) {
    const { usage } = session.texts;
    const { values, positionals } = parseOptions(args, { json: { type: 'boolean' } }, usage);
    if (positionals.length > 0) throw misused(usage.noPositional('list'));
    const keys = await withKeys(session, listSigningKeys);
    print(session, values.json === true ? [forPrograms(keys)] : forPeople(keys, session));
    return exitCodes.ok;
  },
};
