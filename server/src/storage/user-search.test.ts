// Owns the conformance of the search for people on every dialect: what is found is what a look at everybody would find.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseLucene } from '#protocol/lucene';
import { satisfies } from '#protocol/user-condition';
import { userCondition, userSort } from '#protocol/user-search';
import type { Database } from './database.ts';
import * as identities from './tables/identities.ts';
import * as users from './tables/users.ts';
import { eachDialect } from './testing.ts';
import { identityRow, noon, userRow } from './testing-rows.ts';
import { factsOf } from './user-facts.ts';
import { searchUsers } from './user-search.ts';

const day = 86_400_000;

const people: readonly (users.UserRow & { readonly connection?: string })[] = [
  userRow({
    user_id: 'auth0|1',
    email: 'Jane@ExampleCo.com',
    email_verified: 1,
    name: 'Jane Smith',
    nickname: 'JANE',
    given_name: 'Jane',
    created_at: noon,
    last_login_at: Date.UTC(2017, 11, 31, 23),
    logins_count: 150,
    last_ip: '192.0.2.7',
    app_metadata: JSON.stringify({ plan: 'gold', seats: 12, tags: ['a', 'B'], sub: { level: { name: 'x' } } }),
    user_metadata: JSON.stringify({ addresses: [{ city: 'Paris' }, { city: '京都' }], newsletter: true, none: null }),
  }),
  userRow({
    user_id: 'auth0|2',
    email: 'john@exampleco.com',
    name: 'John Smith',
    username: 'John',
    created_at: noon + 1,
    last_login_at: Date.UTC(2018, 0, 1),
    logins_count: 3,
    blocked: 1,
    blocked_told: 1,
    app_metadata: JSON.stringify({ plan: 'Gold', seats: 120, joined: '2020-05-01' }),
  }),
  userRow({
    user_id: 'sms|3',
    email_verified: 0,
    phone_number: '+81312345678',
    phone_verified: 1,
    name: '+81312345678',
    created_at: noon + 2,
    app_metadata: JSON.stringify({ plan: 'silver', seats: 9.5, long: 'y'.repeat(300), empty: {}, list: [] }),
  }),
  userRow({
    user_id: 'google-oauth2|4',
    email: 'ÉLODIE@exemple.fr',
    email_verified: 1,
    name: 'Élodie Dupont',
    family_name: 'Dupont',
    created_at: noon + 3,
    blocked: 0,
    blocked_told: 1,
    app_metadata: JSON.stringify({ 'odd.key': 'dots', sub: 'text', long: `${'y'.repeat(299)}z` }),
  }),
];

async function fill({ queries }: Database): Promise<void> {
  await users.insertMany(queries, people);
  for (const { user_id } of people) {
    const [provider = ''] = user_id.split('|');
    const own = { identity_id: user_id, user_id, provider, connection: provider === 'auth0' ? 'people' : provider };
    await identities.insert(queries, identityRow({ ...own, is_social: provider === 'google-oauth2' ? 1 : 0 }));
  }
  const profile_data = JSON.stringify({ email: 'second@example.com' });
  const second = { identity_id: 'github|9', user_id: 'auth0|1', provider: 'github', connection: 'github' };
  await identities.insert(queries, identityRow({ ...second, created_at: noon + 1, profile_data }));
}

const found = async (database: Database, q: string, sort?: string) => {
  const { rows, total } = await searchUsers(database, {
    condition: userCondition(parseLucene(q)),
    order: sort === undefined ? undefined : userSort(sort),
    window: { start: 0, limit: 100 },
    countAll: true,
  });
  assert.equal(total, rows.length, q);
  return rows.map(({ user_id }) => user_id.split('|')[1]).join('');
};

const searches: readonly (readonly [q: string, ids: string])[] = [
  ['email:"jane@exampleco.com"', '1'],
  ['email:JANE@exampleco.COM', '1'],
  ['email.domain:exampleco.com', '12'],
  ['email:élodie@exemple.fr', '4'],
  ['name:"jane smith"', '1'],
  ['name:jane', ''],
  ['name:j*', '12'],
  ['name:*smith', '12'],
  ['name:jane*smith', '1'],
  ['name:*HN\\ sm*', '2'],
  ['name:?lodie*', '4'],
  ['username:John', '2'],
  ['username:john', ''],
  ['username:Jo*', '2'],
  ['phone_number:+81312345678', '3'],
  ['phone_verified:true', '3'],
  ['email_verified:true', '14'],
  ['email_verified:false', '2'],
  ['blocked:true', '2'],
  ['blocked:false', '4'],
  ['email_verified:false OR NOT _exists_:email_verified', '23'],
  ['NOT blocked:true', '134'],
  ['user_id:"sms|3"', '3'],
  ['user_id:auth0*', '12'],
  ['user_id:*oauth2*', '4'],
  ['last_ip:192.0.2.7', '1'],
  ['last_ip:192.0.2.*', '1'],
  ['last_login:[* TO 2017-12-31]', '1'],
  ['last_login:[* TO 2017-12-31}', ''],
  ['last_login:[2017-11 TO 2017-12]', '1'],
  ['last_login:2018-01-01', '2'],
  ['last_login:{2017-12-31 TO *]', '2'],
  ['last_login:>=2017', '12'],
  ['NOT _exists_:last_login', '34'],
  ['logins_count:[3 TO 150}', '2'],
  ['logins_count:{3 TO *]', '1'],
  ['logins_count:0', ''],
  ['_exists_:logins_count', '12'],
  ['NOT _exists_:logins_count OR logins_count:0', '34'],
  ['logins_count:>100', '1'],
  ['created_at:[2026-11-23 TO 2026-11-23]', '1234'],
  ['identities.connection:people', '12'],
  ['identities.connection:github', '1'],
  ['identities.provider:google-oauth2', '4'],
  ['identities.user_id:9', '1'],
  ['identities.isSocial:true', '4'],
  ['identities.profileData.email:second@example.com', '1'],
  ['identities.provider:git*', '1'],
  ['app_metadata.plan:gold', '1'],
  ['app_metadata.plan:(gold OR Gold)', '12'],
  ['app_metadata.plan:*old', '12'],
  ['app_metadata.tags:B', '1'],
  ['app_metadata.tags:b', ''],
  ['app_metadata.seats:12', '1'],
  ['app_metadata.seats:[9 TO 12]', '13'],
  ['app_metadata.seats:>12', '2'],
  ['app_metadata.joined:[2020-01 TO 2021-01]', '2'],
  ['app_metadata.sub.level.name:x', '1'],
  ['_exists_:app_metadata.sub', '14'],
  ['_exists_:app_metadata.sub.level', '1'],
  ['_exists_:app_metadata.empty', ''],
  ['_exists_:app_metadata.list', ''],
  ['_exists_:user_metadata', '1'],
  ['app_metadata.odd.key:dots', '4'],
  [`app_metadata.long:${'y'.repeat(300)}`, '3'],
  [`app_metadata.long:*${'y'.repeat(3)}z`, '4'],
  [`app_metadata.long:${'y'.repeat(299)}*`, '34'],
  ['user_metadata.addresses.city:"京都"', '1'],
  ['user_metadata.newsletter:true', '1'],
  ['_exists_:user_metadata.none', ''],
  ['jane', '1'],
  ['JOHN', ''],
  ['gold', ''],
  ['*dupont*', '4'],
  ['*', '1234'],
  ['name:j* -blocked:true', '1'],
  ['(name:j* OR phone_verified:true) AND NOT email.domain:exampleco.com', '3'],
];

eachDialect((database) => {
  describe('a search finds', () => {
    let filled: Promise<void> | undefined;
    for (const [q, ids] of searches) {
      test(`${q.slice(0, 80)}: ${ids || 'nobody'}`, async () => {
        filled ??= fill(await database());
        await filled;
        assert.equal((await found(await database(), q, 'created_at:1')).split('').sort().join(''), ids);
        assert.equal((await found(await database(), q)).split('').sort().join(''), ids);
      });
    }

    test('in the order that is asked for, who lacks it last', async () => {
      const db = await database();
      assert.equal(await found(db, '*', 'created_at:-1'), '4321');
      assert.equal(await found(db, '*', 'last_login:1'), '1243');
      assert.equal(await found(db, '*', 'last_login:-1'), '2143');
      assert.equal(await found(db, '*', 'email:1'), '1243');
      assert.equal(await found(db, '*', 'name:-1'), '4213');
      assert.equal(await found(db, '*'), '1243');
    });

    test('after a person changed what they are now, and nobody who is gone', async () => {
      const db = await database();
      const fresh = userRow({ user_id: 'auth0|x5', email: 'old@example.com', app_metadata: '{"a":1,"b":"same"}' });
      await db.transaction((queries) => users.insert(queries, fresh));
      await db.transaction(async (queries) => {
        const before = await users.hold(queries, 'auth0|x5');
        assert.ok(before);
        await users.change(queries, before, { email: 'new@example.com', app_metadata: '{"a":2,"b":"same"}' });
      });
      assert.equal(await found(db, 'email:old@example.com'), '');
      assert.equal(await found(db, 'email:new@example.com'), 'x5');
      assert.equal(await found(db, 'app_metadata.a:1'), '');
      assert.equal(await found(db, 'app_metadata.a:[2 TO 2] AND app_metadata.b:same'), 'x5');
      await db.transaction(async (queries) => {
        const row = await users.hold(queries, 'auth0|x5');
        assert.ok(row);
        await users.remove(queries, row);
      });
      assert.equal(await found(db, 'email:new@example.com'), '');
      assert.deepEqual(
        await db.queries.selectFrom('user_terms').selectAll().where('user_id', '=', 'auth0|x5').execute(),
        [],
      );
    });
  });
});

eachDialect((database) => {
  describe('among thousands, where no index leads to few', () => {
    const count = 6500;
    const many = Array.from({ length: count }, (_, index) =>
      userRow({
        user_id: `auth0|${String(index).padStart(6, '0')}`,
        email: `person${index}@${index % 2 === 0 ? 'even' : 'odd'}.example`,
        email_verified: index % 3 === 0 ? 1 : 0,
        name: index % 1000 === 7 ? null : `Person ${index}`,
        created_at: noon + index * 1000,
        last_login_at: index % 5 === 0 ? null : noon - index * day,
        logins_count: index % 5,
        app_metadata: JSON.stringify({ team: `team ${index % 100}`, number: index }),
      }),
    );
    const facts = many.map((row) => ({ row, facts: factsOf(row) }));
    let filled: Promise<void> | undefined;
    const ready = async () => {
      const db = await database();
      filled ??= db.transaction((queries) => users.insertMany(queries, many));
      await filled;
      return db;
    };

    const clauses = [
      'email_verified:true',
      'email_verified:false',
      'email.domain:even.example',
      'name:person*',
      'name:*erson 99*',
      'name:*erson 1*',
      'app_metadata.team:"team 7"',
      'app_metadata.number:[10 TO 6000]',
      'last_login:[2020 TO 2025]',
      '_exists_:last_login',
      'logins_count:[1 TO 3]',
      'email:person1*',
      'user_id:auth0*',
      '*',
    ] as const;
    const query = fc.letrec<{ query: string }>((tie) => ({
      query: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom(...clauses),
        fc.tuple(tie('query'), fc.constantFrom('AND', 'OR'), tie('query')).map(([a, op, b]) => `(${a} ${op} ${b})`),
        tie('query').map((one) => `(NOT ${one})`),
      ),
    })).query;
    type One = (typeof facts)[number];
    /** Each order as a list of everybody, who are by their ids and their age alike. */
    const orders: Readonly<Record<string, (everybody: readonly One[]) => readonly One[]>> = {
      default: (everybody) => everybody,
      'created_at:1': (everybody) => everybody,
      'user_id:-1': (everybody) => everybody.toReversed(),
      'last_login:-1': (everybody) => [
        ...everybody.filter(({ row }) => row.last_login_at !== null),
        ...everybody.filter(({ row }) => row.last_login_at === null),
      ],
      'logins_count:1': (everybody) =>
        [1, 2, 3, 4, 0].flatMap((n) => everybody.filter(({ row }) => row.logins_count === n)),
      'email:1': (everybody) => everybody.toSorted((a, b) => ((a.row.email ?? '') < (b.row.email ?? '') ? -1 : 1)),
      'name:1': (everybody) => [
        ...everybody
          .filter(({ row }) => row.name !== null)
          .sort((a, b) => ((a.row.name ?? '') < (b.row.name ?? '') ? -1 : 1)),
        ...everybody.filter(({ row }) => row.name === null),
      ],
    };
    const inOrderOf = (sort: string) => orders[sort]?.(facts) ?? [];

    test('a page is what a look at everybody would find', async () => {
      const db = await ready();
      const property = fc.asyncProperty(
        query,
        fc.constantFrom(...Object.keys(orders)),
        fc.nat(950),
        async (q, sort, start) => {
          const condition = userCondition(parseLucene(q));
          const order = userSort(sort);
          const window = { start, limit: 50 };
          const { rows, total = 0, more } = await searchUsers(db, { condition, order, window, countAll: true });
          const expected = inOrderOf(sort).filter((one) => satisfies(one.facts, condition));
          const ids = expected.map(({ row }) => row.user_id);
          assert.deepEqual([total, more], [ids.length, ids.length > start + 50]);
          assert.deepEqual(
            rows.map(({ user_id }) => user_id),
            ids.slice(start, start + 50),
          );
        },
      );
      await fc.assert(property, { numRuns: 60 });
    });

    test('page after page everybody comes once', async () => {
      const db = await ready();
      for (const q of ['*', 'email.domain:even.example', 'name:person* AND email_verified:false']) {
        const condition = userCondition(parseLucene(q));
        const seen: string[] = [];
        for (let after = '', more = true; more; ) {
          const page = await searchUsers(db, {
            condition,
            order: undefined,
            window: { after, limit: 100 },
            countAll: false,
          });
          seen.push(...page.rows.map(({ user_id }) => user_id));
          after = seen.at(-1) as string;
          more = page.more;
        }
        assert.deepEqual(
          seen,
          facts.filter((one) => satisfies(one.facts, condition)).map(({ row }) => row.user_id),
        );
      }
    });
  });
});
