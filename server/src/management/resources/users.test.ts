// Tests people over the API: made, read, searched, changed and deleted, and what is refused.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { grantClient } from '#domain/client-grants';
import { customDomains, freshCustomDomain } from '#domain/custom-domains';
import { managementAudience } from '#protocol/access-token';
import { createTestAccount, pathOf, testConnection } from '../../testing/accounts.ts';
import { TestApplication } from '../../testing/application.ts';
import { TestBrowser } from '../../testing/browser.ts';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant, testPassword } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const create = (settings: object) => createTestAccount(api, settings);

describe('a person', () => {
  test('is made with what was said and the defaults, and read the same', async () => {
    const sent = { email: 'Jane@Example.com', username: 'Jane', user_metadata: { a: 1 }, app_metadata: { b: [2] } };
    const made = await create({ ...sent, given_name: 'Jane' });
    const { user_id, created_at, updated_at, picture, identities, ...rest } = made;
    assert.match(user_id, /^auth0\|[0-9a-f]{24}$/);
    assert.equal(created_at, updated_at);
    assert.match(picture, /gravatar/);
    const id = user_id.slice('auth0|'.length);
    assert.deepEqual(identities, [{ connection: testConnection, user_id: id, provider: 'auth0', isSocial: false }]);
    assert.deepEqual(rest, {
      email: 'jane@example.com',
      email_verified: false,
      username: 'jane',
      name: 'jane@example.com',
      nickname: 'jane',
      given_name: 'Jane',
      user_metadata: { a: 1 },
      app_metadata: { b: [2] },
    });
    assert.deepEqual((await api.get(pathOf(made))).body, made);
    assert.deepEqual((await api.get(`${pathOf(made)}?fields=email,name`)).body, {
      email: 'jane@example.com',
      name: 'jane@example.com',
    });
  });

  test('has the id that is chosen, once', async () => {
    const made = await create({ user_id: 'chosen', email: 'chosen@example.com' });
    assert.equal(made.user_id, 'auth0|chosen');
    const again = await api.post('/users', {
      connection: testConnection,
      user_id: 'chosen',
      email: 'other@example.com',
      password: testPassword,
    });
    assert.deepEqual([again.status, again.body.errorCode], [409, 'auth0_idp_error']);
    assert.equal(again.body.message, 'The user already exists.');
  });

  test('of an address that is taken is refused, also in another spelling, and nothing of them stays', async () => {
    await create({ email: 'taken@example.com', username: 'taken' });
    for (const settings of [{ email: 'TAKEN@example.com' }, { email: 'free@example.com', username: 'Taken' }]) {
      const { status, body } = await api.post('/users', {
        connection: testConnection,
        password: testPassword,
        ...settings,
      });
      assert.deepEqual([status, body.message], [409, 'The user already exists.']);
    }
    assert.deepEqual((await api.get('/users-by-email?email=free@example.com')).body, []);
    assert.equal((await api.get('/users?q=email:free@example.com')).body.length, 0);
  });

  test('of an address that several ask for at once is made once', async () => {
    const body = { connection: testConnection, email: 'rush@example.com', password: testPassword };
    const answers = await Promise.all(Array.from({ length: 5 }, () => api.post('/users', body)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409, 409]);
    assert.equal((await api.get('/users?q=email:rush@example.com&include_totals=true')).body.total, 1);
  });

  test('is refused where something is missing, wrong or unknown', async () => {
    const cases: readonly (readonly [object, number, RegExp])[] = [
      [{ email: 'x@example.com', password: testPassword }, 400, /Missing required property: connection/],
      [{ connection: 'nowhere', email: 'x@example.com', password: testPassword }, 400, /connection does not exist/i],
      [{ connection: testConnection, password: testPassword }, 400, /Missing required property: email/],
      [{ connection: testConnection, email: 'x@example.com' }, 400, /Missing required property: password/],
      [{ connection: testConnection, email: 'x@', password: testPassword }, 400, /validation for format email: x@/],
      [{ connection: testConnection, email: 'x@example.com', password: 'short' }, 400, /PasswordStrengthError/],
      [
        { connection: testConnection, email: 'wonderful@example.com', password: 'Wonderful-123' },
        400,
        /PasswordNoUserInfoError/,
      ],
      [{ connection: testConnection, email: 'x@example.com', password: 'x'.repeat(2000) }, 400, /PasswordTooLongError/],
      [{ connection: testConnection, phone_number: '123', password: testPassword }, 400, /on property phone_number/],
      [
        { connection: testConnection, email: 'x@example.com', password: testPassword, logins_count: 3 },
        400,
        /logins_count/,
      ],
    ];
    for (const [body, status, message] of cases) {
      const answer = await api.post('/users', body);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.match(answer.body.message, message);
    }
  });

  test('who signs in has the time, the address and a count of it', async () => {
    const made = await create({ email: 'signs-in@example.com' });
    const app = await TestApplication.create(tenant);
    await app.tokens('signs-in@example.com');
    const { body } = await api.get(pathOf(made));
    assert.equal(body.logins_count, 1);
    assert.equal(body.last_ip, '127.0.0.1');
    assert.ok(body.last_login >= made.created_at);
    assert.equal((await api.get('/users?q=logins_count:1')).body[0].user_id, made.user_id);
  });
});

describe('a change of a person', () => {
  test('merges, answers the whole, and is found by what is new', async () => {
    const made = await create({ email: 'changes@example.com', app_metadata: { plan: 'free', seats: 1 } });
    tenant.pass(1000);
    const { status, body } = await api.patch(pathOf(made), {
      app_metadata: { plan: 'gold' },
      nickname: 'C',
      blocked: false,
    });
    assert.equal(status, 200);
    assert.deepEqual(body.app_metadata, { plan: 'gold', seats: 1 });
    assert.deepEqual([body.nickname, body.blocked], ['C', false]);
    assert.ok(body.updated_at > made.updated_at);
    assert.equal((await api.get('/users?q=app_metadata.plan:gold')).body[0].user_id, made.user_id);
    assert.deepEqual((await api.patch(pathOf(made), { nickname: null })).body.nickname, undefined);
  });

  test('of an address moves what the person signs in by, and proves nothing', async () => {
    const made = await create({ email: 'old@example.com', email_verified: true });
    const { body } = await api.patch(pathOf(made), { email: 'new@example.com' });
    assert.deepEqual([body.email, body.email_verified], ['new@example.com', false]);
    const app = await TestApplication.create(tenant);
    assert.equal((await app.userinfo((await app.tokens('new@example.com'))['access_token'])).status, 200);
    const other = await create({ email: 'old@example.com' });
    const clash = await api.patch(pathOf(other), { email: 'new@example.com' });
    assert.deepEqual([clash.status, clash.body.message], [409, 'The user already exists.']);
    assert.equal((await api.get(pathOf(other))).body.email, 'old@example.com');
  });

  test('of the password lets them in with the new one alone, and ends what they were signed in by', async () => {
    const made = await create({ email: 'secret@example.com' });
    const app = await TestApplication.create(tenant);
    const { refresh_token } = await app.tokens('secret@example.com', { scope: 'openid offline_access' });
    const { status, body } = await api.patch(pathOf(made), { password: 'Another-horse-battery-2' });
    assert.equal(status, 200);
    assert.ok(body.last_password_reset);
    assert.equal((await app.refresh(refresh_token)).status, 403);
    await assert.rejects(app.tokens('secret@example.com'));
    assert.deepEqual((await api.get(`${pathOf(made)}/sessions`)).body, { sessions: [] });
  });

  test('that blocks them ends what they were signed in by', async () => {
    const made = await create({ email: 'blocked@example.com' });
    const app = await TestApplication.create(tenant);
    const { refresh_token, access_token } = await app.tokens('blocked@example.com', { scope: 'openid offline_access' });
    assert.equal((await api.patch(pathOf(made), { blocked: true })).body.blocked, true);
    assert.equal((await app.refresh(refresh_token)).status, 403);
    assert.equal((await app.userinfo(access_token)).status, 401);
    await assert.rejects(app.tokens('blocked@example.com'));
    await api.patch(pathOf(made), { blocked: false });
    assert.equal((await app.userinfo((await app.tokens('blocked@example.com'))['access_token'])).status, 200);
  });

  test('of two things that Auth0 changes one after the other is refused', async () => {
    const made = await create({ email: 'both@example.com', username: 'both' });
    const pairs: readonly (readonly [object, string])[] = [
      [{ password: testPassword, email: 'x@example.com' }, 'password and email'],
      [{ password: testPassword, email_verified: true }, 'password and email_verified'],
      [{ username: 'x', email: 'x@example.com' }, 'username and email'],
      [{ username: 'x', password: testPassword }, 'username and password'],
    ];
    for (const [change, names] of pairs) {
      const { status, body } = await api.patch(pathOf(made), change);
      assert.deepEqual([status, body.message], [400, `Cannot update ${names} simultaneously.`]);
    }
  });

  test('of nobody is a 404, and so is a look at them', async () => {
    for (const answer of [
      await api.get('/users/auth0%7Cnobody'),
      await api.patch('/users/auth0%7Cnobody', { name: 'x' }),
    ]) {
      assert.equal(answer.status, 404);
      assert.deepEqual(answer.body, {
        statusCode: 404,
        error: 'Not Found',
        message: 'The user does not exist.',
        errorCode: 'inexistent_user',
      });
    }
  });

  test('reaches as far as the token does', async () => {
    const made = await create({ email: 'scopes@example.com' });
    const metadataOnly = await TestManagement.open(tenant, ['update:users_app_metadata']);
    assert.equal((await metadataOnly.patch(pathOf(made), { app_metadata: { a: 1 } })).status, 200);
    const { status, body } = await metadataOnly.patch(pathOf(made), { app_metadata: {}, blocked: true });
    assert.deepEqual([status, body.errorCode], [403, 'insufficient_scope']);
    const reader = await TestManagement.open(tenant, ['read:users']);
    assert.equal((await reader.patch(pathOf(made), { name: 'x' })).status, 403);
    assert.equal((await reader.delete(pathOf(made))).status, 403);
    assert.equal((await reader.get(pathOf(made))).status, 200);
  });
});

describe('a person who changes themselves', () => {
  test('changes their own words and nothing else, and nobody else', async () => {
    const made = await create({ email: 'self@example.com' });
    const other = await create({ email: 'not-self@example.com' });
    const app = await TestApplication.create(tenant);
    const audience = managementAudience(tenant.ctx.issuer);
    const scope = ['read:current_user', 'update:current_user_metadata'];
    await grantClient(tenant.ctx, { client_id: app.client.client_id, audience, scope, subject_type: 'user' });
    const ask = { audience, scope: `openid ${scope.join(' ')}` };
    const self = new TestManagement(tenant, (await app.tokens('self@example.com', ask))['access_token'] ?? '');
    assert.deepEqual((await self.patch(pathOf(made), { user_metadata: { a: 1 } })).body.user_metadata, { a: 1 });
    for (const change of [
      { app_metadata: { admin: true } },
      { email_verified: true },
      { user_metadata: {}, blocked: false },
    ]) {
      assert.equal((await self.patch(pathOf(made), change)).status, 403, JSON.stringify(change));
    }
    assert.equal((await self.patch(pathOf(other), { user_metadata: { a: 1 } })).status, 403);
    assert.equal((await self.get(pathOf(made))).status, 200);
    assert.equal((await self.get(pathOf(other))).status, 403);
    assert.equal((await self.get('/users')).status, 403);
  });
});

describe('a tenant of several names', () => {
  test('must be told which one a new person is led to, unless one is the default', async () => {
    const person = { connection: testConnection, password: testPassword };
    for (const domain of ['a.example.com', 'b.example.com']) {
      const fresh = freshCustomDomain(tenant.ctx, { domain, type: 'auth0_managed_certs' }, false);
      await customDomains.create(tenant.ctx, fresh.custom_domain_id, { ...fresh, status: 'ready' });
    }
    const { status, body } = await api.post('/users', { ...person, email: 'names@example.com' });
    assert.deepEqual([status, body.errorCode], [409, 'custom_domain_conflict']);
    const headers = { 'auth0-custom-domain': 'a.example.com' };
    const told = await api.send('POST', '/users', { ...person, email: 'names@example.com' }, headers);
    assert.equal(told.status, 201);
    for (const { id } of await customDomains.list(tenant.ctx)) await customDomains.remove(tenant.ctx, id);
  });
});

describe('a person who is deleted', () => {
  test('is gone with all that refers to them, and their tokens die', async () => {
    const made = await create({ email: 'leaves@example.com', app_metadata: { mark: 'leaves' } });
    const app = await TestApplication.create(tenant);
    const { refresh_token, access_token } = await app.tokens('leaves@example.com', { scope: 'openid offline_access' });
    assert.equal((await api.delete(pathOf(made))).status, 204);
    assert.equal((await api.delete(pathOf(made))).status, 204);
    assert.equal((await api.get(pathOf(made))).status, 404);
    assert.deepEqual((await api.get('/users?q=app_metadata.mark:leaves')).body, []);
    assert.equal((await app.refresh(refresh_token)).status, 403);
    assert.equal((await app.userinfo(access_token)).status, 401);
    const queries = tenant.ctx.database.queries;
    for (const table of ['identities', 'sessions', 'refresh_tokens', 'user_terms'] as const) {
      const rows = await queries.selectFrom(table).select('user_id').where('user_id', '=', made.user_id).execute();
      assert.deepEqual(rows, [], table);
    }
    assert.equal((await create({ email: 'leaves@example.com' })).email, 'leaves@example.com');
  });

  test('with a code that was not redeemed yet gets nothing for it', async () => {
    const made = await create({ email: 'code@example.com' });
    const app = await TestApplication.create(tenant);
    const code = (await app.signIn(new TestBrowser(tenant), 'code@example.com')).get('code');
    await api.delete(pathOf(made));
    assert.equal((await app.redeem(code)).status, 403);
  });

  test('is found by an address within a database, too', async () => {
    const made = await create({ email: 'by-email@example.com' });
    const { body: connections } = await api.get(`/connections?name=${testConnection}`);
    const path = `/connections/${connections[0].id}/users`;
    assert.equal((await api.delete(`${path}?email=nobody@example.com`)).status, 204);
    assert.equal((await api.get(pathOf(made))).status, 200);
    assert.equal((await api.delete(`${path}?email=BY-email@example.com`)).status, 204);
    assert.equal((await api.get(pathOf(made))).status, 404);
    assert.equal((await api.delete('/connections/con_0000000000000000/users?email=a@example.com')).status, 404);
  });
});

describe('a search', () => {
  test('has totals, pages and an order', async () => {
    for (let index = 0; index < 5; index += 1) {
      tenant.pass(1000);
      await create({ email: `page${index}@pages.example` });
    }
    const q = 'q=email.domain:pages.example&search_engine=v3';
    const { body } = await api.get(`/users?${q}&include_totals=true&per_page=2&page=1&sort=email:-1`);
    assert.deepEqual(
      [body.start, body.limit, body.length, body.total, body.users.map(({ email }: { email: string }) => email)],
      [2, 2, 2, 5, ['page2@pages.example', 'page1@pages.example']],
    );
    const seen: string[] = [];
    let from = '';
    do {
      const { body: page } = await api.get(`/users?${q}&take=2${from && `&from=${encodeURIComponent(from)}`}`);
      seen.push(...page.users.map(({ email }: { email: string }) => email));
      from = page.next ?? '';
    } while (from !== '');
    assert.deepEqual(
      seen,
      [0, 1, 2, 3, 4].map((index) => `page${index}@pages.example`),
    );
    const chosen = await api.get(`/users?${q}&fields=email&per_page=1&sort=created_at:1`);
    assert.deepEqual(chosen.body, [{ email: 'page0@pages.example' }]);
  });

  test('that cannot be understood is refused with where it goes wrong', async () => {
    for (const q of ['email:(', 'nothing:x', 'logins_count:many', 'user_metadata.a:b*', 'email:"a', 'name:*a']) {
      const { status, body } = await api.get(`/users?q=${encodeURIComponent(q)}`);
      assert.deepEqual([status, body.errorCode], [400, 'invalid_query_string'], q);
      assert.match(body.message, /\(at position \d+\)/);
    }
    assert.equal((await api.get('/users?sort=password:1')).status, 400);
    assert.equal((await api.get('/users?per_page=101')).status, 400);
    assert.equal((await api.get('/users?per_page=100&page=10')).status, 400);
  });

  test('within a connection finds those of it alone, whatever its name holds', async () => {
    const { body } = await api.get(`/users?connection=${testConnection}&include_totals=true`);
    assert.ok(body.total > 0);
    assert.deepEqual((await api.get('/users?connection=a%5C%22%20OR%20*')).status, 400);
    assert.deepEqual((await api.get('/users?connection=other')).body, []);
  });

  test('by an address is exact, in lower case', async () => {
    const made = await create({ email: 'exact@example.com' });
    assert.deepEqual((await api.get('/users-by-email?email=exact@example.com')).body, [made]);
    assert.deepEqual((await api.get('/users-by-email?email=exact@example')).body, []);
    assert.equal((await api.get('/users-by-email')).status, 400);
  });
});
