// Tests A07 and Z01: a secret that was sent is told again only where Auth0 tells it, and never by the log.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { KnownNames } from '../testing/api-requests.ts';
import { TestManagement } from '../testing/management.ts';
import { populate } from '../testing/population.ts';
import type { RightRequest } from '../testing/settlement.ts';
import { openTestTenant, type TestTenant } from '../testing/tenant.ts';
import { resources } from './resources.ts';

/** Labels of `planted()`, and a text that cannot look like the others. */
const mark = /Planted-Secret-1-of-([a-z0-9]+?)0*(?![a-z0-9])|PLANTEDSECRETOF(TOTP)/g;

/** Where Auth0 tells a secret to whom may read or write the rest. Of all others nothing is ever told. */
const told: Readonly<Record<string, readonly RegExp[]>> = {
  api: [/^POST \/resource-servers$/],
  client: [/^PATCH \/clients\/\w+$/, /^GET \/clients(?:\/\w+)?$/],
  ...Object.fromEntries(
    ['oidc', 'google', 'googleapps', 'twiliotoken'].map((label) => [
      label,
      [/^POST \/connections$/, /^GET \/connections(?:\/\w+)?$/, /^GET \/clients\/\w+\/connections$/],
    ]),
  ),
  ...Object.fromEntries(
    ['sinkauthorization', 'sinkheader', 'datadog', 'splunk', 'segment'].map((label) => [
      label,
      [/^POST \/log-streams$/, /^GET \/log-streams(?:\/\w+)?$/],
    ]),
  ),
  rule: [/^PUT \/rules-configs\/\w+$/],
  guardiantwilio: [/^(?:PUT|GET) \/guardian\/factors\/(?:sms|phone)\/providers\/twilio$/],
  sns: [/^(?:PUT|GET) \/guardian\/factors\/push-notification\/providers\/sns$/],
  duo: [/^(?:PUT|GET) \/guardian\/factors\/duo\/settings$/],
};

let tenant: TestTenant;
let api: TestManagement;
let requests: readonly RightRequest[];

before(async () => {
  tenant = await openTestTenant();
  api = await TestManagement.open(tenant);
  requests = await populate(api);
});
after(() => tenant.close());

const readable = resources
  .flatMap(({ endpoints }) => endpoints.filter(({ method }) => method === 'GET'))
  .toSorted((a, b) => a.path.split('/').length - b.path.split('/').length);

function labelsIn(value: unknown): readonly string[] {
  return [...(JSON.stringify(value) ?? '').matchAll(mark)].map(([, label, other]) => label ?? other ?? '');
}

function checkTold(where: string, answer: unknown): void {
  for (const label of labelsIn(answer)) {
    assert.ok(
      told[label]?.some((place) => place.test(where)),
      `${where} tells the secret of ${label}`,
    );
  }
}

/** Every answer of every endpoint that reads, about all that is known to be there. */
async function readEverything(caller: TestManagement, look: (path: string, body: unknown) => void): Promise<number> {
  const names = new KnownNames();
  for (const { path, answer } of requests) names.learn(path, answer);
  let count = 0;
  for (const endpoint of readable) {
    for (const path of names.paths(endpoint)) {
      const { status, body } = await caller.get(path);
      names.learn(path, body);
      look(path, body);
      count += Number(status === 200);
    }
  }
  return count;
}

test('the population holds a secret wherever one may be', () => {
  const sent = new Set(requests.flatMap(({ body }) => labelsIn(body)));
  assert.ok(sent.size >= 35, `${sent.size}: ${[...sent]}`);
  for (const label of Object.keys(told)) assert.ok(sent.has(label), label);
});

test('who makes or changes something is told its secrets only where Auth0 does', () => {
  for (const { method, path, answer } of requests) checkTold(`${method} ${path}`, answer);
});

test('who may read everything is told secrets only where Auth0 does', async () => {
  const count = await readEverything(api, (path, body) => checkTold(`GET ${path}`, body));
  assert.ok(count > readable.length / 2, `${count} answers`);
});

test('an application is read with its secret by whom read:client_keys is granted, and with nothing of it by others', async () => {
  const reader = await TestManagement.open(tenant, ['read:clients', 'read:client_credentials', 'read:connections']);
  const { client_id } = requests.find(({ path }) => path === '/clients')?.answer ?? {};
  const path = `/clients/${client_id}`;
  assert.deepEqual(labelsIn((await api.get(path)).body), ['client']);
  for (const hidden of [path, '/clients', `${path}?fields=client_secret,name`, '/clients?fields=client_secret']) {
    const { status, body } = await reader.get(hidden);
    assert.equal(status, 200);
    const text = JSON.stringify(body);
    assert.ok(!text.includes('client_secret"') && labelsIn(body).length === 0, `${hidden}: ${text.slice(0, 200)}`);
  }
});

test('no refusal repeats a secret to the log, and no event holds one', async () => {
  for (const { method, path, body } of requests.filter((request) => labelsIn(request.body).length > 0)) {
    await api.send(method, path, { ...(body as object), unheard_of: true });
    await api.send(method, path, JSON.stringify(body).replaceAll(/"(Planted[^"]*)"/g, '["$1"]'));
  }
  const rows = await tenant.ctx.database.queries.selectFrom('logs').selectAll().execute();
  assert.ok(rows.length > requests.length);
  for (const row of [...rows, ...tenant.events]) assert.deepEqual(labelsIn(row), [], JSON.stringify(row).slice(0, 600));
  await readEverything(api, (path, body) => {
    if (path.startsWith('/logs')) assert.deepEqual(labelsIn(body), [], path);
  });
});

test('nothing in the database can be read as a secret without the master key', async () => {
  const { queries } = tenant.ctx.database;
  const tables = await queries.introspection.getTables();
  assert.ok(tables.length > 20);
  for (const { name } of tables) {
    const rows = await queries
      .selectFrom(name as 'documents')
      .selectAll()
      .execute();
    for (const row of rows) assert.deepEqual(labelsIn(row), [], `${name}: ${JSON.stringify(row).slice(0, 400)}`);
  }
});
