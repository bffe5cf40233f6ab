// Owns the measurement of searches for people: how long typical ones take among 1,000, 100,000 and 1,000,000.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseLucene } from '../server/src/protocol/lucene.ts';
import { userCondition, userSort } from '../server/src/protocol/user-search.ts';
import type { Database } from '../server/src/storage/database.ts';
import { openDatabase } from '../server/src/storage/open-database.ts';
import * as identities from '../server/src/storage/tables/identities.ts';
import * as users from '../server/src/storage/tables/users.ts';
import { startPostgres } from '../server/src/storage/testing.ts';
import { searchUsers } from '../server/src/storage/user-search.ts';

const sizes = (process.env['BENCH_USERS'] ?? '1000,100000,1000000').split(',').map(Number);
const repeats = 9;
const now = Date.UTC(2026, 10, 1);
const day = 86_400_000;

const firstNames = ['Haruto', 'Yui', 'John', 'Élodie', 'Ana', 'Wei', 'Olu', 'Fatima', 'Søren', 'Priya'];
const lastNames = [
  'Sato',
  'Suzuki',
  'Smith',
  'Dupont',
  'Silva',
  'Chen',
  'Okafor',
  'Haddad',
  'Jensen',
  'Sharma',
  'Kowalski',
];

/** The same person for the same number: names are common, addresses are not. */
function person(index: number): users.UserRow {
  const given = firstNames[index % firstNames.length] as string;
  const family = `${lastNames[(index * 7) % lastNames.length]}${(index * 31) % 9973}`;
  const at = now - ((index * 7919) % 1000) * day;
  return {
    user_id: `auth0|${index.toString(16).padStart(24, '0')}`,
    email:
      `${given.normalize('NFD').replaceAll(/[^a-z]/gi, '')}.${index}@domain${(index * 13) % 2000}.example`.toLowerCase(),
    email_verified: index % 10 === 0 ? 0 : 1,
    username: null,
    phone_number: null,
    phone_verified: null,
    name: `${given} ${family}`,
    given_name: given,
    family_name: family,
    nickname: `${given}${index}`,
    picture: `https://s.gravatar.com/avatar/${index.toString(16).padStart(32, '0')}?s=480&r=pg`,
    blocked: index % 5000 === 0 ? 1 : 0,
    blocked_told: index % 5000 === 0 ? 1 : 0,
    user_metadata: JSON.stringify({ language: ['ja', 'en', 'fr'][index % 3], theme: 'dark' }),
    app_metadata: JSON.stringify({ plan: index % 50 === 0 ? 'gold' : 'free', account: `acc-${index % 200_000}` }),
    created_at: at - 400 * day,
    updated_at: at,
    last_login_at: index % 4 === 0 ? null : at,
    last_ip: index % 4 === 0 ? null : '192.0.2.1',
    logins_count: index % 4 === 0 ? 0 : index % 100,
    last_password_reset_at: null,
  };
}

async function fill(database: Database, count: number): Promise<number> {
  const started = performance.now();
  for (let at = 0; at < count; at += 1000) {
    const rows = Array.from({ length: Math.min(1000, count - at) }, (_, index) => person(at + index));
    await database.transaction(async (queries) => {
      await users.insertMany(queries, rows);
      await identities.insertMany(
        queries,
        rows.map(({ user_id, created_at }) => ({
          identity_id: user_id,
          user_id,
          connection: 'Username-Password-Authentication',
          provider: 'auth0',
          is_social: 0,
          profile_data: null,
          created_at,
        })),
      );
    });
  }
  return (performance.now() - started) / 1000;
}

interface Measurement {
  readonly name: string;
  readonly q: string;
  readonly sort?: string;
  readonly start?: number;
  readonly after?: string;
  readonly countAll?: boolean;
}

function measurements(count: number): readonly Measurement[] {
  const one = person(Math.floor(count / 3));
  return [
    { name: 'email, exact', q: `email:"${one.email}"` },
    { name: 'email.domain (1 in 2,000)', q: 'email.domain:"domain77.example"' },
    { name: 'name, prefix of few', q: `name:${one.name?.replace(' ', '\\ ')}*` },
    { name: 'name, prefix of many', q: 'name:john*' },
    { name: 'name, infix, few', q: `name:*${one.family_name}*` },
    { name: 'name, infix, many', q: 'name:*smith*' },
    { name: 'app_metadata, few', q: 'app_metadata.account:"acc-77"' },
    { name: 'app_metadata, many', q: 'app_metadata.plan:"gold"' },
    { name: 'user_metadata AND blocked', q: 'user_metadata.language:"ja" AND blocked:true' },
    {
      name: 'connection AND NOT verified',
      q: 'identities.connection:"Username-Password-Authentication" AND NOT email_verified:true',
    },
    { name: 'last_login range, sorted', q: 'last_login:[2026-09-01 TO 2026-09-30]', sort: 'last_login:-1' },
    { name: 'never signed in', q: 'NOT _exists_:logins_count OR logins_count:0' },
    { name: 'unfielded, few', q: `"${one.email}"` },
    { name: 'list, page 1', q: '*' },
    { name: 'list, page 1, newest first', q: '*', sort: 'created_at:-1' },
    { name: 'list, results 951 to 1,000', q: '*', start: 950 },
    { name: 'list, checkpoint page 1,000', q: '*', after: person(Math.min(50_000, Math.floor(count / 2))).user_id },
    { name: 'list with total', q: '*', countAll: true },
    { name: 'email.domain with total', q: 'email.domain:"domain77.example"', countAll: true },
    { name: 'app_metadata, many, with total', q: 'app_metadata.plan:"free"', countAll: true },
    {
      name: 'connection, all, with total',
      q: 'identities.connection:"Username-Password-Authentication"',
      countAll: true,
    },
    { name: 'AND of many, with total', q: 'email_verified:true AND app_metadata.plan:"free"', countAll: true },
  ];
}

async function measure(database: Database, { q, sort, start = 0, after, countAll = false }: Measurement) {
  const order = sort === undefined ? undefined : userSort(sort);
  const window = after === undefined ? { start, limit: 50 } : { after, limit: 50 };
  const times: number[] = [];
  let found = 0;
  for (let round = 0; round < repeats; round += 1) {
    const began = performance.now();
    const page = await searchUsers(database, { condition: userCondition(parseLucene(q)), order, window, countAll });
    await identities.listForUsers(
      database.queries,
      page.rows.map(({ user_id }) => user_id),
    );
    times.push(performance.now() - began);
    found = page.rows.length;
  }
  times.sort((a, b) => a - b);
  return { found, median: times[Math.floor(repeats / 2)] as number, worst: times.at(-1) as number };
}

const shown = (milliseconds: number) => milliseconds.toFixed(milliseconds < 10 ? 1 : 0);

async function run(name: string, url: string, count: number, size: () => number | undefined): Promise<void> {
  const database = await openDatabase(url);
  const seconds = await fill(database, count);
  const bytes = size();
  console.log(
    `\n${name}, ${count.toLocaleString('en')} people (filled in ${seconds.toFixed(0)} s${bytes ? `, ${Math.round(bytes / 1e6)} MB` : ''})\n`,
  );
  console.log('| search | found | median ms | worst of 9 ms |\n| --- | ---: | ---: | ---: |');
  for (const measurement of measurements(count)) {
    const { found, median, worst } = await measure(database, measurement);
    console.log(`| ${measurement.name} | ${found} | ${shown(median)} | ${shown(worst)} |`);
  }
  await database.close();
}

const directory = mkdtempSync(join(tmpdir(), 'warifu-bench-'));
try {
  for (const count of sizes) {
    const file = join(directory, `${count}.sqlite`);
    await run('SQLite', `sqlite:${file}`, count, () => statSync(file).size);
    rmSync(file, { force: true });
    const postgres = await startPostgres();
    await run('PostgreSQL', postgres.url, count, () => undefined);
    await postgres.stop();
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
