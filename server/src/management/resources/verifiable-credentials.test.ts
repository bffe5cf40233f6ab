// Tests templates of what is asked of wallets.
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

const path = '/verifiable-credentials/verification/templates';
const asking = (elements: object) => ({ 'org.iso.18013.5.1.mDL': { 'org.iso.18013.5.1': elements } });
const licence = (name: string) => ({
  name,
  type: 'mdl',
  dialect: 'simplified/1.0',
  presentation: asking({ given_name: true }),
  well_known_trusted_issuers: 'aamva',
});

test('a template of what is asked of wallets is made, read, changed, listed and deleted', async () => {
  const { status, body: made } = await api.post(path, licence('Age'));
  assert.equal(status, 201);
  assert.match(made.id, /^vct_[A-Za-z0-9]{22}$/);
  assert.equal(made.custom_certificate_authority, null);
  const own = `${path}/${made.id}`;
  assert.deepEqual((await api.get(own)).body, made);
  const presentation = asking({ age_in_years: true });
  const { body: changed } = await api.patch(own, { presentation, name: null, version: 2 });
  assert.deepEqual([changed.name, changed.presentation, changed.version], ['Age', presentation, 2]);
  const { body: trusting } = await api.patch(own, { well_known_trusted_issuers: null });
  assert.equal(trusting.well_known_trusted_issuers, null);
  assert.equal((await api.get(path)).body.templates[0].id, made.id);
  assert.equal((await api.delete(own)).status, 204);
  assert.equal((await api.get(own)).body.message, 'The verifiable credential template does not exist.');
});

test('something is asked for, in the known dialect, and two templates cannot have one name', async () => {
  assert.equal((await api.post(path, { ...licence('A'), presentation: asking({}) })).status, 400);
  assert.equal((await api.post(path, { ...licence('A'), dialect: 'full/2.0' })).status, 400);
  assert.equal((await api.post(path, { ...licence('A'), well_known_trusted_issuers: 'anybody' })).status, 400);
  assert.equal((await api.post(path, licence('A'))).status, 201);
  assert.equal((await api.post(path, licence('A'))).status, 409);
});
