// Tests D14 for the Management API: whatever is sent to whichever endpoint, nobody sees a fault of ours, and what was taken
// can be read.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { withDatabase } from '#storage/testing';
import { type ApiRequest, isAt, KnownNames, requestsTo, rightFor } from '../testing/api-requests.ts';
import { claimsOf, TestApplication } from '../testing/application.ts';
import { TestBrowser } from '../testing/browser.ts';
import { TestManagement } from '../testing/management.ts';
import { populate, populationAudience } from '../testing/population.ts';
import type { RightRequest } from '../testing/settlement.ts';
import { createTestUser, openTestTenant, type TestTenant } from '../testing/tenant.ts';
import type { Endpoint } from './resource.ts';
import { resources } from './resources.ts';

const seed = 20_261_123;
const runs = { sqlite: 12, postgres: 4 };

const mark = (index: number, id: string) => Buffer.from(JSON.stringify([index, id])).toString('base64url');

/** What no list may stumble over, each by itself. */
const strangeQueries = [
  ...['page=99999999999999999999', 'page=9007199254740991&per_page=100', 'page=1000000000&include_totals=true'],
  ...['per_page=0', 'per_page=0&page=5&include_totals=true', 'take=1&from=W10', 'take=1&from=bnVsbA', 'page=0x10'],
  ...[mark(1e300, 'x'), mark(Number.MAX_SAFE_INTEGER, 'x'), mark(-1, ''), mark(1, '\0')].map(
    (from) => `take=2&from=${from}`,
  ),
];

/** Those that take things away come last, so that the others find some. */
const rank = ({ method, path }: Endpoint) => Number(method === 'DELETE') * 2 + Number(/revoke|rekey|rotate/.test(path));
const endpoints = resources.flatMap((resource) => resource.endpoints).toSorted((a, b) => rank(a) - rank(b));
const readable = endpoints.filter(({ method }) => method === 'GET');

/** Whether a list is told without being asked for a part of it. */
const asksNothing = ({ query = {} }: Endpoint) => Object.values(query).every((member) => 'optional' in member);

const methodsWithWrites = new Set(['POST', 'PUT', 'PATCH']);

class Attack {
  readonly #tenant: TestTenant;
  #api: TestManagement;
  #application!: TestApplication;
  readonly names = new KnownNames();
  right: readonly RightRequest[] = [];
  /** How often each endpoint did what it was asked. */
  readonly successes = new Map<Endpoint, number>();

  constructor(tenant: TestTenant, api: TestManagement) {
    this.#tenant = tenant;
    this.#api = api;
  }

  /** Nobody is to take away what we call with. */
  #forgetCaller(): void {
    this.names.forget(String(claimsOf(this.#api.token)['azp']));
  }

  /** No setting that was taken keeps people from signing in. */
  async visit(): Promise<void> {
    const { client_id } = this.#application.client;
    const clients = [client_id, ...this.names.at('/clients').slice(-2)];
    const statuses: number[] = [];
    for (const url of ['/.well-known/openid-configuration', '/.well-known/jwks.json']) {
      statuses.push((await this.#tenant.app.inject({ url, headers: { host: 'id.example.com' } })).statusCode);
    }
    const asked = { grant_type: 'client_credentials', audience: populationAudience };
    statuses.push((await this.#application.post(asked)).status);
    for (const client of clients) {
      const start = this.#application.authorizeUrl({ client_id: client });
      statuses.push((await new TestBrowser(this.#tenant).open(start)).status);
    }
    assert.ok(Math.max(...statuses) < 500, `${statuses} ${this.#tenant.faults.splice(0).join('')}`);
  }

  async begin(): Promise<void> {
    this.#application = await TestApplication.create(this.#tenant, { app_type: 'regular_web' });

    this.right = await populate(this.#api);
    for (const { path, answer } of this.right) this.names.learn(path, answer);
    await createTestUser(this.#tenant, 'visitor@example.com');
    await this.#application.tokens('visitor@example.com', { scope: 'openid offline_access' });
    for (const endpoint of readable.toSorted((a, b) => a.path.split('/').length - b.path.split('/').length)) {
      for (const path of this.names.paths(endpoint).slice(0, 8)) {
        this.names.learn(path, (await this.#api.get(path)).body);
      }
    }
    this.#forgetCaller();
  }

  async #send({ method, url, payload, type }: ApiRequest) {
    const response = await this.#tenant.app.inject({
      method: method as 'GET',
      url: `/api/v2${url}`,
      headers: {
        host: 'id.example.com',
        authorization: `Bearer ${this.#api.token}`,
        ...(type === undefined ? {} : { 'content-type': type }),
      },
      ...(payload === undefined ? {} : { payload }),
    });
    const sent = `${method} ${url.slice(0, 400)} ${type ?? ''} ${String(payload).slice(0, 600)}`;
    const fault = this.#tenant.faults.splice(0).join('');
    const story = `${sent}\n→ ${response.statusCode} ${response.body.slice(0, 600)}\n${fault}`;
    return { status: response.statusCode, text: response.body, story };
  }

  async fire(endpoint: Endpoint, request: ApiRequest): Promise<void> {
    let { status, text, story } = await this.#send(request);
    if (status === 401) {
      // The key that signed our token was revoked.
      this.#api = await TestManagement.open(this.#tenant);
      ({ status, text, story } = await this.#send(request));
    }
    // What this server doesn't do yet is refused with 501, which is no fault.
    assert.ok(status < 500 || status === 501, story);
    assert.notEqual(status, 401, story);
    if (status >= 400) return checkRefusal(status, text, story);
    const [path = ''] = request.url.split('?');
    if (!isAt(endpoint, path)) return;
    this.successes.set(endpoint, (this.successes.get(endpoint) ?? 0) + 1);
    const answer: unknown = text === '' ? undefined : JSON.parse(text);
    if (request.method !== 'DELETE') this.names.learn(path, answer);
    this.#forgetCaller();
    if (methodsWithWrites.has(request.method)) await this.#readBack(endpoint, path, answer, story);
  }

  /** What was made or changed is told again, alone and in its list. */
  async #readBack(about: Endpoint, path: string, answer: unknown, story: string): Promise<void> {
    const made = typeof answer === 'object' && answer !== null ? Object.values(answer) : [];
    const ids = made.filter((value) => typeof value === 'string' && value !== '' && value.length < 300) as string[];
    const places = readable.flatMap((endpoint) => {
      if (endpoint.path === about.path) return [path];
      const child = /^(.*)\/\{(\w+)\}$/.exec(endpoint.path);
      const idKeys = [child?.[2] ?? '', 'id', 'client_id', 'user_id', 'kid', 'themeId', 'custom_domain_id'];
      if (child?.[1] !== about.path) return [];
      const key = idKeys.find((name) => ids.includes(Reflect.get(answer as object, name)));
      return key === undefined ? [] : [`${path}/${encodeURIComponent(Reflect.get(answer as object, key))}`];
    });
    const list = path.replace(/\/[^/]+$/, '');
    const lists =
      about.path.endsWith('}') && readable.some((endpoint) => isAt(endpoint, list) && asksNothing(endpoint))
        ? [list]
        : [];
    for (const place of [...places, ...lists]) {
      const read = await this.#send({ method: 'GET', url: place });
      assert.ok(read.status < 400, `${story}\nthen ${read.story}`);
    }
  }
}

/** Auth0's form, and nothing of our inside. */
function checkRefusal(status: number, text: string, story: string): void {
  const body = JSON.parse(text);
  assert.equal(body.statusCode, status, story);
  assert.equal(typeof body.error, 'string', story);
  assert.ok(typeof body.message === 'string' && body.message !== '', story);
  assert.doesNotMatch(text, /node_modules|\bat .*\.ts:\d+|SQLITE|sqlite|constraint failed|syntax error at/, story);
}

for (const dialect of ['sqlite', 'postgres'] as const) {
  describe(`on ${dialect}`, () => {
    let attack: Attack;
    const finished = Promise.withResolvers<void>();
    let lent: Promise<void>;

    before(async () => {
      const ready = Promise.withResolvers<void>();
      lent = withDatabase(dialect, async (databaseUrl) => {
        const tenant = await openTestTenant({ databaseUrl });
        attack = new Attack(tenant, await TestManagement.open(tenant));
        await attack.begin();
        ready.resolve();
        await finished.promise;
        await tenant.close();
      });
      lent.catch(ready.reject);
      await ready.promise;
    });
    after(async () => {
      finished.resolve();
      await lent;
    });

    for (const endpoint of endpoints) {
      test(`${endpoint.method} ${endpoint.path} refuses or does what it is sent, and never fails`, async () => {
        const right = rightFor(endpoint, attack.right);
        const requests = fc.sample(requestsTo(endpoint, attack.names, right), { seed, numRuns: runs[dialect] });
        for (const request of requests) await attack.fire(endpoint, request);
        if (endpoint.method !== 'GET') await attack.visit();
      });
    }

    test('no query of a list is too strange: not what asks for pages, and not the character that databases refuse', async () => {
      for (const endpoint of readable) {
        const [path] = attack.names.paths(endpoint);
        if (path === undefined) continue;
        const names = Object.keys({ ...endpoint.query, from: 1, fields: 1 });
        const queries = [...strangeQueries, ...names.flatMap((name) => [`${name}=%00`, `${name}=a%00:1`])];
        for (const query of queries) await attack.fire(endpoint, { method: 'GET', url: `${path}?${query}` });
      }
    });

    test('most endpoints were reached: they did something, and did not only refuse', () => {
      const never = endpoints.filter((endpoint) => !attack.successes.has(endpoint));
      const names = never.map(({ method, path }) => `${method} ${path}`).join('\n');
      assert.ok(never.length < endpoints.length / 2, `${never.length} were never reached:\n${names}`);
    });
  });
}

test('nothing that was sent became a property of every object', () => {
  assert.equal(Reflect.get({}, 'polluted'), undefined);
});
