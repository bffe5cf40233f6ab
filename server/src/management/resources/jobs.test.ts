import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createConnection, findConnection } from '#domain/connections';
import { ensureAdministrator } from '#domain/first-start';
import { clearExpired } from '#domain/housekeeping';
import { createTestClient, createTestUser, openTestTenant, type TestTenant } from '#testing/tenant';
import { TestApplication } from '../../testing/application.ts';
import { TestBrowser } from '../../testing/browser.ts';
import { doJobs, sendUsersForm } from '../../testing/importing.ts';
import { TestManagement } from '../../testing/management.ts';

const database = 'Username-Password-Authentication';
let tenant: TestTenant;
let management: TestManagement;
let connection_id: string;

before(async () => {
  tenant = await openTestTenant({ mostImportBytes: 100_000 });
  management = await TestManagement.open(tenant);
  connection_id = (await findConnection(tenant.ctx, database))?.id ?? '';
});
after(() => tenant.close());

const row = (email: string, extra: object = {}) => ({ email, ...extra });

async function importUsers(users: unknown, fields: Readonly<Record<string, string>> = {}) {
  const text = typeof users === 'string' ? users : JSON.stringify(users);
  const { status, body } = await sendUsersForm(management, { users: text, connection_id, ...fields });
  assert.equal(status, 202, JSON.stringify(body));
  await doJobs(tenant);
  return (await management.get(`/jobs/${body.id}`)).body;
}

const errorsOf = async ({ id }: { id: string }) => management.get(`/jobs/${id}/errors`);
const rowOf = (email: string) =>
  tenant.ctx.database.queries.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst();

describe('an import of people', () => {
  test('is a job that is pending, then completed with a summary', async () => {
    const users = JSON.stringify([row('Ada@Example.com', { email_verified: true }), row('bob@example.com')]);
    const begun = await sendUsersForm(management, { users, connection_id, external_id: 'batch 1', upsert: 'false' });
    assert.equal(begun.status, 202);
    const { id, created_at, ...said } = begun.body;
    assert.match(id, /^job_[A-Za-z0-9]{16}$/);
    assert.equal(created_at, new Date(tenant.ctx.now()).toISOString());
    const expected = { type: 'users_import', status: 'pending', connection_id, connection: database };
    assert.deepEqual(said, { ...expected, external_id: 'batch 1' });
    await doJobs(tenant);
    const { body } = await management.get(`/jobs/${id}`);
    assert.deepEqual(body, {
      ...{ ...begun.body, status: 'completed' },
      summary: { failed: 0, updated: 0, inserted: 2, total: 2 },
    });
    assert.equal((await errorsOf(begun.body)).status, 204);
    const ada = await rowOf('ada@example.com');
    assert.deepEqual([ada?.email_verified, ada?.nickname, ada?.name], [1, 'ada', 'ada@example.com']);
  });

  test('takes as many rows as come, each once', async () => {
    const users = Array.from({ length: 350 }, (_, index) => row(`many-${index}@example.com`));
    const { summary } = await importUsers(users);
    assert.deepEqual(summary, { failed: 0, updated: 0, inserted: 350, total: 350 });
    const { queries } = tenant.ctx.database;
    const found = await queries.selectFrom('users').select('user_id').where('email', 'like', 'many-%').execute();
    assert.equal(found.length, 350);
    const left = await queries.selectFrom('job_parts').select('job_id').where('kind', '=', 'input').execute();
    assert.deepEqual(left, []);
  });

  test('knows a person by the id that they had, with its provider or without', async () => {
    await importUsers([
      row('id-1@example.com', { user_id: 'old-1' }),
      row('id-2@example.com', { user_id: 'auth0|old-2' }),
    ]);
    assert.equal((await rowOf('id-1@example.com'))?.user_id, 'auth0|old-1');
    assert.equal((await rowOf('id-2@example.com'))?.user_id, 'auth0|old-2');
  });

  test('tells of each row that fails, why, and never its secrets', async () => {
    const { id, summary } = await importUsers([
      row('good@example.com'),
      row('akshay144@'),
      {
        email: 'both@example.com',
        password_hash: '$2a$10$x',
        custom_password_hash: { algorithm: 'md5', hash: { value: 'aa' } },
      },
      {
        email: 'hash@example.com',
        custom_password_hash: { algorithm: 'md5', hash: { value: 'top secret', encoding: 'hex' } },
      },
      { email: 'extra@example.com', shoe_size: 42 },
      { email: 'type@example.com', email_verified: 'yes', app_metadata: [] },
      { given_name: 'Nobody' },
      'no object',
      row('good@example.com'),
      { email: 'nul@example.com', name: 'a\u0000b' },
      { email: 'mfa@', mfa_factors: [{ totp: { secret: 'JBSWY3DPEHPK3PXP' } }, { totp: {}, phone: { value: '5' } }] },
    ]);
    assert.deepEqual(summary, { failed: 10, updated: 0, inserted: 1, total: 11 });
    const { status, body } = await errorsOf({ id });
    assert.equal(status, 200);
    type Reported = { user: unknown; errors: { code: string; path?: string }[] };
    const told = (body as Reported[]).map(({ errors }) =>
      errors.map(({ code, path }) => (path ? `${code} ${path}` : code)),
    );
    assert.deepEqual(told, [
      ['INVALID_FORMAT email'],
      ['NOT_PASSED'],
      ['INVALID_FORMAT custom_password_hash.hash.value'],
      ['NOT_PASSED'],
      ['INVALID_TYPE email_verified', 'INVALID_TYPE app_metadata'],
      ['OBJECT_REQUIRED'],
      ['INVALID_TYPE'],
      ['DUPLICATED_USER'],
      ['INVALID_FORMAT'],
      ['INVALID_FORMAT email', 'OBJECT_REQUIRED mfa_factors[1].totp', 'PATTERN mfa_factors[1].phone.value'],
    ]);
    const first = (body as { errors: unknown[] }[])[0];
    assert.deepEqual(first?.errors[0], {
      code: 'INVALID_FORMAT',
      message: "Error in email property - Object didn't pass validation for format email: akshay144@",
      path: 'email',
    });
    const text = JSON.stringify(body);
    for (const hidden of ['$2a$10$x', 'top secret', 'JBSWY3DPEHPK3PXP']) assert.ok(!text.includes(hidden), hidden);
    assert.ok(text.includes('*****'));
  });

  test('refuses who is there already, unless it may update; then it changes what may be changed, and nothing else', async () => {
    const { user_id } = await createTestUser(tenant, 'known@example.com');
    tenant.pass(1000);
    const said = {
      given_name: 'Known',
      email_verified: true,
      blocked: true,
      user_metadata: { a: 1 },
      app_metadata: { b: 2 },
    };
    const refused = await importUsers([row('KNOWN@example.com', said)]);
    assert.equal(refused.summary.failed, 1);
    assert.equal((await errorsOf(refused)).body[0].errors[0].code, 'CONFLICT_EMAIL');
    tenant.pass(1000);
    const hash = { algorithm: 'md5', hash: { value: createHash('md5').update('new').digest('hex'), encoding: 'hex' } };
    const upsert = { upsert: 'true' };
    const withHash = await importUsers([row('known@example.com', { ...said, custom_password_hash: hash })], upsert);
    const [{ errors }] = (await errorsOf(withHash)).body;
    const sentence = 'A custom_password_hash was provided, but the user already has password hash defined.';
    assert.deepEqual(errors, [{ code: 'CONFLICT', message: sentence }]);
    const password_hash = `$2b$10$${'.'.repeat(53)}`;
    const changed = await importUsers([row('known@example.com', { ...said, password_hash })], upsert);
    assert.deepEqual(changed.summary, { failed: 0, updated: 1, inserted: 0, total: 1 });
    const known = await rowOf('known@example.com');
    assert.deepEqual(
      [
        known?.user_id,
        known?.given_name,
        known?.email_verified,
        known?.blocked,
        known?.user_metadata,
        known?.app_metadata,
      ],
      [user_id, 'Known', 1, 0, '{"a":1}', '{"b":2}'],
    );
    const { queries } = tenant.ctx.database;
    const kept = await queries
      .selectFrom('passwords')
      .select('hash')
      .where('identity_id', '=', user_id)
      .executeTakeFirst();
    assert.match(kept?.hash ?? '', /^\$argon2id\$/);
  });

  test('brings second factors along, whose seeds are sealed', async () => {
    const secret = 'JBSWY3DPEHPK3PXP';
    const mfa_factors = [
      { totp: { secret } },
      { phone: { value: '+15550100' } },
      { email: { value: 'b@example.com' } },
    ];
    await importUsers([row('factors@example.com', { mfa_factors })]);
    tenant.pass(1000);
    await importUsers([row('factors@example.com', { mfa_factors })], { upsert: 'true' });
    const { user_id = '' } = (await rowOf('factors@example.com')) ?? {};
    const { queries } = tenant.ctx.database;
    const methods = await queries
      .selectFrom('authentication_methods')
      .selectAll()
      .where('user_id', '=', user_id)
      .execute();
    assert.deepEqual(methods.map(({ type }) => type).sort(), ['email', 'phone', 'totp']);
    assert.ok(!JSON.stringify(methods).includes(secret));
  });

  test('never inserts somebody and updates them by a later row of the same file', async () => {
    tenant.pass(1000);
    const filler = Array.from({ length: 150 }, (_, index) => row(`filler-${index}@example.com`));
    const { id, summary } = await importUsers([row('twice@example.com'), ...filler, row('twice@example.com')], {
      upsert: 'true',
    });
    assert.deepEqual([summary.failed, summary.updated, summary.inserted], [1, 0, 151]);
    assert.equal((await errorsOf({ id })).body[0].errors[0].code, 'DUPLICATED_USER');
  });

  test('an id that somebody has is no other’s', async () => {
    const { user_id } = await createTestUser(tenant, 'owner@example.com');
    const report = await importUsers([row('thief@example.com', { user_id: user_id.slice('auth0|'.length) })], {
      upsert: 'true',
    });
    assert.deepEqual((await errorsOf(report)).body[0].errors[0].code, 'CONFLICT');
  });

  test('of a file that is no JSON fails as a whole', async () => {
    for (const text of [
      '{"email":"a@example.com"}',
      '[{"email":"cut@example.com"',
      '[{"email":}]',
      'email\na@example.com',
    ]) {
      const job = await importUsers(text);
      assert.equal(job.status, 'failed', text);
      assert.match(job.status_details, /^Failed to parse users file JSON/);
      assert.equal((await errorsOf(job)).body.status_details, job.status_details);
    }
    assert.equal(await rowOf('cut@example.com'), undefined);
  });

  test('tells the administrators when it has ended, if they are to be told', async () => {
    await ensureAdministrator(tenant.ctx, { email: 'root@example.com', password: 'Correct-horse-battery-1' });
    const { id } = await importUsers([row('silent@example.com')], { send_completion_email: 'false' });
    assert.ok(!tenant.notices.some((notice) => notice.kind === 'users-imported' && notice.job_id === id));
    const told = await importUsers([row('told@example.com')]);
    const notice = tenant.notices.find((one) => one.kind === 'users-imported' && one.job_id === told.id);
    assert.equal(notice?.user.email, 'root@example.com');
  });
});

describe('a form that brings no import', () => {
  const file = '[{"email":"a@example.com"}]';
  const faults: readonly (readonly [string, Readonly<Record<string, string | undefined>>, string])[] = [
    ['without a file', {}, "Must provide 'users' file as multipart part."],
    ['with an empty file', { users: '' }, 'Users file must not be empty.'],
    [
      'without a connection',
      { users: file, connection_id: undefined },
      "Must provide 'connection_id' as multipart part.",
    ],
    [
      'with the id of a connection that is none',
      { users: file, connection_id: 'con_1' },
      "Payload validation error: 'String does not match pattern ^con_[A-Za-z0-9]{16}$' on property connection_id.",
    ],
    [
      'with a connection that does not exist',
      { users: file, connection_id: 'con_0000000000000000' },
      'The connection does not exist.',
    ],
    [
      'with an upsert that is neither',
      { users: file, upsert: 'maybe' },
      "Payload validation error: 'Expected type boolean but found type string' on property upsert.",
    ],
  ];
  for (const [name, fields, message] of faults) {
    test(`${name} is refused, and leaves nothing behind`, async () => {
      const { status, body } = await sendUsersForm(management, { connection_id, ...fields });
      assert.deepEqual([status, body.message, body.errorCode], [400, message, 'invalid_body']);
      const { queries } = tenant.ctx.database;
      assert.deepEqual(await queries.selectFrom('jobs').select('id').where('status', '=', 'receiving').execute(), []);
    });
  }

  test('with a connection that no application may use is refused', async () => {
    const { id } = await createConnection(tenant.ctx, { name: 'unused' });
    const { body } = await sendUsersForm(management, { users: file, connection_id: id });
    assert.equal(body.message, 'Connection must be enabled.');
  });

  test('that is larger than allowed is refused before it is whole', async () => {
    const users = JSON.stringify(Array.from({ length: 5000 }, (_, index) => row(`large-${index}@example.com`)));
    const { status, body } = await sendUsersForm(management, { users, connection_id });
    assert.deepEqual([status, body.message], [413, 'Payload content length greater than maximum allowed: 100000.']);
  });

  test('that is no form at all is refused', async () => {
    const type = { 'content-type': 'multipart/form-data; boundary=x' };
    const { status, body } = await management.send('POST', '/jobs/users-imports', 'nonsense', type);
    assert.deepEqual([status, body.message], [400, "Payload validation error: 'Invalid multipart payload format'."]);
    const bare = { 'content-type': 'multipart/form-data' };
    assert.equal((await management.send('POST', '/jobs/users-imports', 'x', bare)).status, 400);
    assert.equal((await management.post('/jobs/users-imports', {})).status, 415);
  });

  test('needs the scope', async () => {
    const reader = await TestManagement.open(tenant, ['read:users']);
    assert.equal((await sendUsersForm(reader, { users: file, connection_id })).status, 403);
  });
});

test('whoever comes with a password of another system signs in by it, and from then on by a hash of ours', async () => {
  const password = 'Correct-horse-battery-1';
  const md5 = { value: createHash('md5').update(`pepper${password}`).digest('hex'), encoding: 'hex' };
  const custom_password_hash = { algorithm: 'md5', hash: md5, salt: { value: 'pepper', position: 'prefix' } };
  await importUsers([row('md5@example.com', { custom_password_hash })]);
  const row1 = await rowOf('md5@example.com');
  const hashOf = async () => {
    const passwords = tenant.ctx.database.queries.selectFrom('passwords').select('hash');
    return (await passwords.where('identity_id', '=', row1?.user_id ?? '').executeTakeFirst())?.hash ?? '';
  };
  assert.match(await hashOf(), /^foreign:1:/);
  const application = await TestApplication.create(tenant);
  const first = await application.signIn(new TestBrowser(tenant), 'md5@example.com');
  assert.ok(first.get('code'));
  assert.match(await hashOf(), /^\$argon2id\$/);
  const again = await application.signIn(new TestBrowser(tenant), 'md5@example.com');
  assert.ok(again.get('code'));
});

test('a wrong password leaves a hash of another system as it is', async () => {
  // Of the password "password", by libxcrypt.
  const password_hash = '$2b$05$VMqiiKuQpPmwzsSL2Q8DNu7jeHCX69p1bKj8X036l8WvvN0RyzCuy';
  await importUsers([row('bcrypt@example.com', { password_hash })]);
  const { client, client_secret = '' } = await createTestClient(tenant, {
    app_type: 'regular_web',
    grant_types: ['password'],
    token_endpoint_auth_method: 'client_secret_post',
  });
  const sent = { grant_type: 'password', client_id: client.client_id, client_secret, username: 'bcrypt@example.com' };
  const token = (password: string) =>
    tenant.app.inject({
      method: 'POST',
      url: '/oauth/token',
      headers: { host: 'id.example.com', 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ ...sent, password }).toString(),
    });
  assert.equal((await token('Password')).json().error, 'invalid_grant');
  const { user_id = '' } = (await rowOf('bcrypt@example.com')) ?? {};
  const passwords = tenant.ctx.database.queries.selectFrom('passwords').select('hash');
  assert.match((await passwords.where('identity_id', '=', user_id).executeTakeFirst())?.hash ?? '', /^foreign:1:/);
  assert.equal((await token('password')).statusCode, 200);
});

test('two imports and ten exports may be unfinished at a time', async () => {
  const users = JSON.stringify([row('queue@example.com')]);
  const statuses: number[] = [];
  for (let asked = 0; asked < 3; asked += 1)
    statuses.push((await sendUsersForm(management, { users, connection_id })).status);
  assert.deepEqual(statuses, [202, 202, 429]);
  const { body } = await sendUsersForm(management, { users, connection_id });
  const message = 'There are 2 active import users jobs, please wait until some of them are finished and try again';
  assert.deepEqual(body, { statusCode: 429, error: 'Too Many Requests', message, errorCode: 'too_many_requests' });
  for (let asked = 0; asked < 10; asked += 1) await management.post('/jobs/users-exports', { limit: 1 });
  assert.equal((await management.post('/jobs/users-exports', { limit: 1 })).status, 429);
  await doJobs(tenant);
  const { queries } = tenant.ctx.database;
  assert.deepEqual(await queries.selectFrom('jobs').select('id').where('status', '=', 'receiving').execute(), []);
  assert.equal((await sendUsersForm(management, { users, connection_id })).status, 202);
  await doJobs(tenant);
});

describe('an export of people', () => {
  async function exported(body: object): Promise<{ text: string; job: Record<string, unknown>; location: string }> {
    const begun = await management.post('/jobs/users-exports', body);
    assert.equal(begun.status, 200, JSON.stringify(begun.body));
    assert.deepEqual([begun.body.status, begun.body.type], ['pending', 'users_export']);
    await doJobs(tenant);
    const { body: job } = await management.get(`/jobs/${begun.body.id}`);
    assert.equal(job.status, 'completed');
    const download = await fetchFile(job.location);
    assert.equal(download.statusCode, 200);
    return { text: gunzipSync(download.rawPayload).toString(), job, location: job.location };
  }

  function fetchFile(location: string) {
    const { host, pathname } = new URL(location);
    return tenant.app.inject({ method: 'GET', url: pathname, headers: { host } });
  }

  test('as JSON has a person a line, with all that administrators see of them', async () => {
    const { text, job } = await exported({ connection_id, format: 'json', limit: 400 });
    const people = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(people.length, 400);
    const ids = people.map(({ user_id }) => user_id);
    assert.equal(new Set(ids).size, 400);
    assert.deepEqual(Object.keys(people[0].identities[0]).sort(), ['connection', 'isSocial', 'provider', 'user_id']);
    assert.deepEqual([job['limit'], job['format'], job['connection']], [400, 'json', database]);
  });

  test('has the fields that are chosen, by the names that are given', async () => {
    const fields = [{ name: 'email' }, { name: 'identities[0].connection', export_as: 'provider' }];
    const { text } = await exported({ connection_id, format: 'json', limit: 1, fields });
    assert.deepEqual(Object.keys(JSON.parse(text)), ['email', 'provider']);
    const csv = await exported({ format: 'csv', limit: 2, fields });
    assert.deepEqual(
      csv.text.split('\r\n').map((line) => line.split(',').at(-1)),
      ['provider', database, database, ''],
    );
  });

  test('I10: a spreadsheet takes nobody’s name for a formula', async () => {
    await importUsers([
      row('formula@example.com', { user_id: '!first', name: '=HYPERLINK("https://evil.example","x")' }),
    ]);
    const { text } = await exported({ format: 'csv', limit: 1, fields: [{ name: 'name' }] });
    assert.equal(text, 'name\r\n"\'=HYPERLINK(""https://evil.example"",""x"")"\r\n');
  });

  test('of everybody has everybody', async () => {
    const { text } = await exported({ format: 'csv' });
    const { queries } = tenant.ctx.database;
    const { size } = await queries
      .selectFrom('users')
      .select((all) => all.fn.countAll<number>().as('size'))
      .executeTakeFirstOrThrow();
    assert.equal(text.trimEnd().split('\r\n').length, size + 1);
  });

  test('A17: its address is good for a minute, and cannot be made up', async () => {
    const { location } = await exported({ format: 'json', limit: 1 });
    const last = location.at(-1) === 'A' ? 'Q' : 'A';
    assert.equal((await fetchFile(location.slice(0, -1) + last)).statusCode, 404);
    tenant.pass(60_000);
    assert.equal((await fetchFile(location)).statusCode, 404);
  });

  test('needs the scope, a connection that exists, and a format that is one', async () => {
    const writer = await TestManagement.open(tenant, ['create:users']);
    assert.equal((await writer.post('/jobs/users-exports', {})).status, 403);
    const missing = await management.post('/jobs/users-exports', { connection_id: 'con_0000000000000000' });
    assert.deepEqual([missing.status, missing.body.message], [400, 'The connection does not exist.']);
    assert.equal((await management.post('/jobs/users-exports', { format: 'xml' })).status, 400);
  });
});

test('a person is asked to verify their address, by a ticket', async () => {
  const { user_id } = await createTestUser(tenant, 'verify@example.com');
  const { status, body } = await management.post('/jobs/verification-email', { user_id });
  assert.deepEqual([status, body.type, body.status], [201, 'verification_email', 'pending']);
  await doJobs(tenant);
  assert.equal((await management.get(`/jobs/${body.id}`)).body.status, 'completed');
  const notice = tenant.notices.at(-1);
  assert.equal(notice?.kind === 'email-verification' && notice.user.email, 'verify@example.com');
  const missing = await management.post('/jobs/verification-email', { user_id: 'auth0|nobody' });
  assert.deepEqual([missing.status, missing.body.errorCode], [404, 'inexistent_user']);
});

test('a job is known for a day', async () => {
  const { id } = await importUsers([row('day@example.com')]);
  assert.equal((await management.get(`/jobs/${id}`)).status, 200);
  tenant.pass(24 * 60 * 60 * 1000);
  await clearExpired(tenant.ctx);
  const later = await TestManagement.open(tenant);
  const { status, body } = await later.get(`/jobs/${id}`);
  assert.deepEqual([status, body.message], [404, 'The job does not exist']);
  assert.equal((await later.get('/jobs/job_1')).status, 400);
});
