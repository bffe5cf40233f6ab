// Tests the settings of applications that concern their tokens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTestClient, openTestTenant, type TestTenant } from '../testing/tenant.ts';
import { changeClient } from './clients.ts';

let tenant: TestTenant;
before(async () => {
  tenant = await openTestTenant();
});
after(() => tenant.close());

const published = () => new Set(tenant.ctx.keys.jwks.keys.map(({ alg }) => alg).sort());

test('the keys of an algorithm are published from the moment that an application asks for it', async () => {
  assert.deepEqual([...published()], ['RS256']);
  const jwt_configuration = { alg: 'ES256', lifetime_in_seconds: 36_000 } as const;
  const { client } = await createTestClient(tenant, { jwt_configuration });
  assert.deepEqual(published(), new Set(['RS256', 'ES256']));
  await changeClient(tenant.ctx, client.client_id, { userinfo_signed_response_alg: 'EdDSA' });
  assert.ok(published().has('EdDSA'));
  await createTestClient(tenant, { jwt_configuration: { ...jwt_configuration, alg: 'HS256' } });
  assert.equal(published().size, 3);
});

test('an ID token lives no longer than the keys that it is verified with are kept', async () => {
  for (const lifetime_in_seconds of [0, -1, 1.5, 2_592_001, Number.NaN]) {
    const jwt_configuration = { alg: 'RS256' as const, lifetime_in_seconds };
    await assert.rejects(createTestClient(tenant, { jwt_configuration }), RangeError);
    const { client } = await createTestClient(tenant);
    await assert.rejects(changeClient(tenant.ctx, client.client_id, { jwt_configuration }), RangeError);
  }
});

test('refresh tokens rotate unless the application says otherwise, or is held to FAPI 2.0, which has no rotation', async () => {
  const rotation = async (settings: Parameters<typeof createTestClient>[1]) =>
    (await createTestClient(tenant, settings)).client.refresh_token.rotation_type;
  assert.equal(await rotation({}), 'rotating');
  const fapi = { compliance_level: 'fapi2_sp_pkj_dpop', token_endpoint_auth_method: 'private_key_jwt' } as const;
  assert.equal(await rotation({ ...fapi, app_type: 'regular_web' }), 'non-rotating');
});
