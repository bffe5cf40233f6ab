// Tests connections: their life, their options, who may use them, and what is refused.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createClient } from '#domain/clients';
import { connectionRecords } from '#domain/connections';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant, type TestTenant } from '../../testing/tenant.ts';

let tenant: TestTenant;
let api: TestManagement;

before(async () => {
  tenant = await openTestTenant();
  api = await TestManagement.open(tenant);
});
after(() => tenant.close());

const path = '/connections';
const make = async (name: string, strategy: string, options?: object) =>
  (await api.post(path, { name, strategy, ...(options ? { options } : {}) })).body;

test('a connection is made, read, found by name, changed and deleted, twice without complaint', async () => {
  const { status, body: made } = await api.post(path, { name: 'people', strategy: 'auth0' });
  assert.equal(status, 201);
  assert.match(made.id, /^con_[A-Za-z0-9]{16}$/);
  assert.deepEqual(made.realms, ['people']);
  assert.equal(made.options.passwordPolicy, 'good');
  assert.deepEqual(made.options.authentication_methods.password, {
    enabled: true,
    api_behavior: 'required',
    signup_behavior: 'allow',
  });
  const own = `${path}/${made.id}`;
  assert.deepEqual((await api.get(own)).body, made);
  const { body: page } = await api.get(`${path}?name=people&strategy=auth0&include_totals=true`);
  assert.deepEqual([page.total, page.connections[0].id], [1, made.id]);
  assert.deepEqual((await api.get(`${path}?name=people&strategy=oidc`)).body, []);
  const { body: changed } = await api.patch(own, { display_name: 'People', metadata: { a: 'b' } });
  assert.deepEqual([changed.display_name, changed.metadata, changed.options], ['People', { a: 'b' }, made.options]);
  const deleted = await api.delete(own);
  assert.deepEqual([deleted.status, typeof deleted.body.deleted_at], [202, 'string']);
  assert.equal((await api.delete(own)).status, 202);
  assert.deepEqual((await api.get(own)).body, {
    statusCode: 404,
    error: 'Not Found',
    message: 'The connection does not exist',
    errorCode: 'inexistent_connection',
  });
});

test('a change of options replaces all of them, but for what was derived', async () => {
  const { id } = await make('whole', 'auth0', { disable_signup: true, configuration: { key: 'value' } });
  const { body } = await api.patch(`${path}/${id}`, { options: { passwordPolicy: 'low' } });
  assert.equal(body.options.disable_signup, undefined);
  assert.equal(body.options.passwordPolicy, 'low');
  assert.equal(typeof body.options.configuration.key, 'string');
});

test('what scripts may read is sent back as it is shown without a change, and anew with one', async () => {
  const { id, options } = await make('settings', 'auth0', { configuration: { a: '1', b: '2' } });
  const { a } = options.configuration;
  const { body } = await api.patch(`${path}/${id}`, { options: { configuration: { a, b: '3' } } });
  assert.equal(body.options.configuration.a, a);
  assert.notEqual(body.options.configuration.b, options.configuration.b);
});

test('secrets are sealed where they lie; what scripts may read is shown to nobody, the rest to who reads connections', async () => {
  const database = await make('scripted', 'auth0', { configuration: { key: 'value' } });
  const provider = await make('provider', 'github', { client_id: 'a', client_secret: 'the secret' });
  assert.notEqual(database.options.configuration.key, 'value');
  assert.equal(provider.options.client_secret, 'the secret');
  const kept = JSON.stringify(await connectionRecords.list(tenant.ctx));
  assert.equal(kept.includes('the secret'), false);
  assert.equal(kept.includes('"value"'), false);
});

test('a name, and a realm, lead to one connection', async () => {
  await api.post(path, { name: 'first', strategy: 'auth0', realms: ['shop', 'first'] });
  const again = await api.post(path, { name: 'first', strategy: 'auth0' });
  assert.deepEqual([again.status, again.body.message], [409, 'A connection with the same name already exists']);
  const { status, body } = await api.post(path, { name: 'second', strategy: 'auth0', realms: ['shop'] });
  assert.equal(status, 409);
  assert.equal(body.message, 'There is already another connection with some realms from "realms" parameter');
});

const email = { identifier: { active: true }, profile_required: true, signup: { status: 'required' } };
const inactive = { ...email, identifier: { active: false } };

for (const [what, options, message] of [
  ['no identifier', { attributes: { email: inactive } }, 'attributes must contain one active identifier'],
  [
    'attributes beside requires_username',
    { attributes: { email }, requires_username: true },
    'Cannot set both options.attributes and options.requires_username',
  ],
  [
    'attributes beside validation',
    { attributes: { email }, requires_username: false, validation: { username: { min: 1, max: 5 } } },
    'Cannot set both options.attributes and options.validation',
  ],
  [
    'a telephone number alone that nobody need give',
    { attributes: { phone_number: { identifier: { active: true }, signup: { status: 'inactive' } } } },
    'attribute phone_number must also be required on signup',
  ],
] as const) {
  test(`a database with ${what} is refused`, async () => {
    const refused = await api.post(path, { name: 'refused', strategy: 'auth0', options });
    assert.deepEqual([refused.status, refused.body.errorCode], [400, 'invalid_body']);
    assert.equal(refused.body.message, message);
  });
}

test('addresses that are unique stay so', async () => {
  const { id } = await make('unique', 'auth0', { attributes: { email } });
  const { status, body } = await api.patch(`${path}/${id}`, {
    options: { attributes: { email: { ...email, unique: false } } },
  });
  assert.deepEqual([status, body.message], [400, 'cannot add non-unique email attribute']);
});

test('a database whose people are elsewhere takes their profiles from there, and has nobody of its own yet', async () => {
  const set_user_root_attributes = 'on_each_login';
  const refused = await api.post(path, { name: 'inner', strategy: 'auth0', options: { set_user_root_attributes } });
  assert.match(refused.body.message, /^options\.set_user_root_attributes can be set only/);
  const elsewhere = { set_user_root_attributes, enabledDatabaseCustomization: true };
  const { id } = await make('outer', 'auth0', elsewhere);
  const { status } = await api.post('/users', { connection: 'outer', email: 'a@example.com', password: 'Passw0rd-1' });
  assert.equal(status, 201);
  const own = { options: { enabledDatabaseCustomization: false } };
  assert.match((await api.patch(`${path}/${id}`, own)).body.message, /^This database contains users\./);
  assert.equal((await api.patch(`${path}/${id}`, { options: elsewhere })).status, 200);
});

test('values that no option has are refused', async () => {
  const refused = await api.post(path, { name: 'weak', strategy: 'auth0', options: { passwordPolicy: 'weak' } });
  assert.match(refused.body.message, /No enum match for: weak' on property options\.passwordPolicy/);
  assert.equal((await api.post(path, { name: 'no good', strategy: 'auth0' })).status, 400);
  assert.equal((await api.post(path, { name: 'nowhere', strategy: 'gopher' })).status, 400);
  assert.equal((await api.get(`${path}?fields=secret`)).status, 400);
});

test('only OpenID Connect providers can be asked for access to other applications', async () => {
  const asked = { cross_app_access_requesting_app: { active: true } };
  const refused = await api.post(path, { name: 'no-xaa', strategy: 'auth0', ...asked });
  assert.deepEqual([refused.status, refused.body.errorCode], [400, 'operation_not_supported']);
  assert.equal((await api.post(path, { name: 'xaa', strategy: 'okta', ...asked })).status, 201);
});

test('fields choose among the members, and tell always which connection it is', async () => {
  const { id } = await make('chosen', 'auth0');
  const { body } = await api.get(`${path}/${id}?fields=name`);
  assert.deepEqual(Object.keys(body).sort(), [
    'authentication',
    'connected_accounts',
    'id',
    'is_domain_connection',
    'name',
  ]);
});

test('applications are let in, one by one or all at once, and must be there', async () => {
  const { client } = await createClient(tenant.ctx, { name: 'Shop' });
  const { id } = await make('shared', 'auth0');
  const own = `${path}/${id}/clients`;
  const { client_id } = client;
  assert.equal((await api.patch(own, [{ client_id, status: true }])).status, 204);
  assert.deepEqual((await api.get(own)).body, { clients: [{ client_id }] });
  const { body: theirs } = await api.get(`/clients/${client_id}/connections`);
  assert.deepEqual(
    theirs.connections.map((connection: { name: string }) => connection.name),
    ['shared'],
  );
  const unknown = await api.patch(own, [{ client_id: 'nobody', status: true }]);
  assert.deepEqual([unknown.status, unknown.body.errorCode], [404, 'inexistent_client']);
  assert.deepEqual((await api.patch(`${path}/${id}`, { enabled_clients: [] })).body.enabled_clients, []);
  await api.patch(own, [{ client_id, status: true }]);
  await api.delete(`/clients/${client_id}`);
  assert.deepEqual((await api.get(own)).body, { clients: [] });
});

const signIn = 'https://idp.example.com/in';
const samlMetadata = `<m:EntityDescriptor xmlns:m="urn:oasis:names:tc:SAML:2.0:metadata"><m:IDPSSODescriptor>
  <m:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/post"/>
  <m:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${signIn}"/>
</m:IDPSSODescriptor></m:EntityDescriptor>`;

test('the metadata of a SAML provider says where people sign in', async () => {
  const { options } = await make('saml', 'samlp', { metadataXml: samlMetadata });
  assert.equal(options.signInEndpoint, signIn);
  const refused = await api.post(path, { name: 'bad', strategy: 'samlp', options: { metadataXml: '<a>' } });
  assert.deepEqual([refused.status, refused.body.errorCode], [400, 'invalid_body']);
});

test('a new OpenID Connect provider is asked with PKCE, and one whose change says nothing of it is not', async () => {
  const { id, options } = await make('oidc', 'oidc', { client_id: 'a' });
  assert.deepEqual(options.connection_settings, { pkce: 'auto' });
  const { body } = await api.patch(`${path}/${id}`, { options: { client_id: 'b' } });
  assert.deepEqual(body.options.connection_settings, { pkce: 'disabled' });
});

test('no agent of a directory is there', async () => {
  const { id } = await make('directory', 'ad');
  assert.equal((await api.get(`${path}/${id}/status`)).status, 404);
});
