// Tests token exchange profiles.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant, type TestTenant } from '../../testing/tenant.ts';

let tenant: TestTenant;
let api: TestManagement;

before(async () => {
  tenant = await openTestTenant();
  api = await TestManagement.open(tenant);
});
after(() => tenant.close());

const path = '/token-exchange-profiles';

async function makeAction(name: string, trigger: string, { deployed = true } = {}): Promise<string> {
  const { body } = await api.post('/actions/actions', {
    name,
    supported_triggers: [{ id: trigger, version: 'v1' }],
    code: 'exports.onExecuteCustomTokenExchange = async () => {};',
  });
  if (deployed) await api.post(`/actions/actions/${body.id}/deploy`);
  return body.id;
}

const profile = (action_id: string, subject_token_type: string) => ({
  name: 'Legacy tokens',
  type: 'custom_authentication',
  subject_token_type,
  action_id,
});

test('a token exchange profile is made, read, changed, listed and deleted', async () => {
  const action = await makeAction('judge', 'custom-token-exchange');
  const { status, body: made } = await api.post(path, profile(action, 'urn:acme:legacy'));
  assert.equal(status, 201);
  assert.match(made.id, /^tep_[A-Za-z0-9]{16}$/);
  const own = `${path}/${made.id}`;
  assert.deepEqual((await api.get(own)).body, made);
  const { body: changed } = await api.patch(own, { name: 'Older tokens' });
  assert.deepEqual([changed.name, changed.action_id], ['Older tokens', action]);
  assert.equal((await api.patch(own, {})).status, 400);
  assert.equal((await api.patch(own, { action_id: action })).status, 400);
  assert.equal((await api.get(`${path}?take=50`)).body.token_exchange_profiles[0].id, made.id);
  assert.equal((await api.delete(own)).status, 204);
  assert.equal((await api.get(own)).body.message, 'Token exchange profile not found.');
});

test('tokens are judged by an action that is there, made for it, and deployed', async () => {
  const refusal = async (action: string) => (await api.post(path, profile(action, 'urn:acme:other'))).body.message;
  assert.equal(await refusal('00000000-0000-0000-0000-000000000000'), 'Action not found');
  assert.match(await refusal(await makeAction('login', 'post-login')), /supported_triggers: custom-token-exchange/);
  const fresh = await makeAction('fresh', 'custom-token-exchange', { deployed: false });
  assert.equal(await refusal(fresh), 'Action is not deployed');
});

test('a type of tokens is a URI of the tenant, and has one profile', async () => {
  const action = await makeAction('types', 'custom-token-exchange');
  const statusOf = async (type: string) => (await api.post(path, profile(action, type))).status;
  assert.equal(await statusOf('https://acme.example/token'), 201);
  assert.equal(await statusOf('https://acme.example/token'), 409);
  assert.equal(await statusOf('not a URI at all'), 400);
  for (const type of ['urn:ietf:params:oauth:token-type:jwt', 'urn:auth0:x', 'https://x.auth0.com/y', 'URN:IETF:x']) {
    assert.equal(await statusOf(type), 400, type);
  }
  assert.equal(await statusOf('https://notauth0.com/y'), 201);
  const { body: other } = await api.post(path, profile(action, 'urn:acme:second'));
  const clash = await api.patch(`${path}/${other.id}`, { subject_token_type: 'https://acme.example/token' });
  assert.deepEqual([clash.status, clash.body.message], [400, 'subject_token_type already exists for tenant']);
});
