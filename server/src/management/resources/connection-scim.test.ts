// Tests how directories push to connections: configurations, default mappings and tokens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { scimConfigurations } from '#domain/scim-configurations';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant, type TestTenant } from '../../testing/tenant.ts';

let tenant: TestTenant;
let api: TestManagement;

before(async () => {
  tenant = await openTestTenant();
  api = await TestManagement.open(tenant);
});
after(() => tenant.close());

const make = async (name: string, strategy: string, options: object = {}): Promise<string> =>
  `/connections/${(await api.post('/connections', { name, strategy, options })).body.id}/scim-configuration`;

interface Mapping {
  readonly auth0: string;
  readonly scim: string;
}

test('a configuration is made with defaults, read, changed, listed and deleted, twice without complaint', async () => {
  const path = await make('okta', 'okta');
  assert.deepEqual((await api.get(path)).body, { statusCode: 404, error: 'Not Found', message: 'Not Found' });
  const { status, body: made } = await api.post(path);
  assert.equal(status, 201);
  assert.deepEqual([made.tenant_name, made.connection_name, made.strategy], ['id', 'okta', 'okta']);
  assert.equal(made.user_id_attribute, 'externalId');
  assert.deepEqual(made.mapping, (await api.get(`${path}/default-mapping`)).body.mapping);
  const mapping = [{ auth0: 'email', scim: 'email' }];
  const { body: changed } = await api.patch(path, { user_id_attribute: 'userName', mapping });
  assert.deepEqual([changed.mapping, changed.user_id_attribute], [mapping, 'userName']);
  assert.deepEqual((await api.get(path)).body, changed);
  assert.deepEqual((await api.get('/connections-scim-configurations')).body, { scim_configurations: [changed] });
  assert.equal((await api.delete(path)).status, 204);
  assert.equal((await api.delete(path)).status, 204);
  assert.equal((await api.patch(path, { user_id_attribute: 'userName', mapping })).status, 404);
});

test('each strategy has a mapping and an id of its own', async () => {
  const source = async (strategy: string) => {
    const { body } = await api.post(await make(`of-${strategy}`, strategy));
    const of = (name: string) => body.mapping.find(({ auth0 }: Mapping) => auth0 === name)?.scim;
    return [body.user_id_attribute, of('preferred_username'), of('username'), of('upn'), of('email')];
  };
  const primary = 'emails[primary eq true].value';
  assert.deepEqual(await source('oidc'), ['externalId', 'userName', undefined, undefined, primary]);
  assert.deepEqual(await source('samlp'), ['userName', undefined, 'userName', undefined, primary]);
  const work = 'emails[type eq "work"].value';
  assert.deepEqual(await source('waad'), ['externalId', undefined, undefined, 'userName', work]);
});

test('only strategies of companies take pushes, and only connections that are there', async () => {
  const refused = await api.post(await make('database', 'auth0'));
  assert.equal(refused.status, 404);
  assert.match(refused.body.message, /^This connection type does not support SCIM\./);
  const unknown = await api.post('/connections/con_unknown/scim-configuration');
  assert.deepEqual([unknown.status, unknown.body.errorCode], [404, 'inexistent_connection']);
});

test('a second configuration, and a mapping that makes no sense, are refused', async () => {
  const path = await make('twice', 'oidc');
  const twice = [
    { auth0: 'email', scim: 'email' },
    { auth0: 'name', scim: 'email' },
  ];
  assert.equal((await api.post(path, { mapping: twice })).body.message, 'Invalid mapping provided');
  assert.equal((await api.post(path, { mapping: [{ auth0: 'user_id', scim: 'id' }] })).status, 400);
  assert.equal((await api.post(path)).status, 201);
  assert.equal((await api.post(path)).body.message, 'SCIM configuration already exists for connection');
  assert.equal((await api.patch(path, { user_id_attribute: 'userName', mapping: twice })).status, 400);
});

test('the people of every Entra tenant are no directory', async () => {
  const common = await make('common', 'waad', { useCommonEndpoint: true });
  assert.match((await api.post(common)).body.message, /common endpoint is used/);
  const own = await make('own', 'waad');
  await api.post(own);
  const connection = own.replace('/scim-configuration', '');
  const refused = await api.patch(connection, { options: { useCommonEndpoint: true } });
  assert.match(refused.body.message, /common endpoint cannot be enabled/);
});

test('a token is told once, kept as a digest, and there are two at most that live', async () => {
  const path = await make('tokens', 'okta');
  const tokens = `${path}/tokens`;
  assert.equal((await api.post(tokens, {})).status, 404);
  await api.post(path);
  const first = await api.post(tokens, { scopes: ['get:users'], token_lifetime: 900 });
  assert.equal(first.status, 201);
  const { token, ...told } = first.body;
  assert.deepEqual((await api.get(tokens)).body, [told]);
  assert.equal(Date.parse(told.valid_until) - Date.parse(told.created_at), 900_000);
  assert.equal(JSON.stringify(await scimConfigurations.list(tenant.ctx)).includes(token), false);
  await api.post(tokens, {});
  const third = await api.post(tokens, {});
  assert.deepEqual([third.status, third.body.message], [409, 'Maximum of 2 tokens already issued for this connection']);
  tenant.pass(900_000);
  assert.equal((await api.post(tokens, {})).status, 201);
  const { body: left } = await api.get(tokens);
  assert.equal(left.length, 2);
  assert.equal((await api.delete(`${tokens}/${left[0].token_id}`)).status, 204);
  assert.equal((await api.delete(`${tokens}/${left[0].token_id}`)).status, 204);
  assert.equal((await api.get(tokens)).body.length, 1);
  assert.equal((await api.post(tokens, { scopes: ['read:everything'] })).status, 400);
  assert.equal((await api.post(tokens, { token_lifetime: 899 })).status, 400);
});

test('a configuration goes with its connection', async () => {
  const path = await make('going', 'oidc');
  await api.post(path);
  await api.delete(path.replace('/scim-configuration', ''));
  assert.equal((await api.get(path)).status, 404);
  const { body } = await api.get('/connections-scim-configurations?take=100');
  const names = body.scim_configurations.map((one: { connection_name: string }) => one.connection_name);
  assert.equal(names.includes('going'), false);
});
