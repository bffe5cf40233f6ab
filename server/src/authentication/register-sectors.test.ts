// Tests which sector a registered application belongs to (A14, OpenID Connect Core §8.1): nobody joins one that isn't theirs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findClient } from '#domain/clients';
import { subjectFor } from '#domain/subjects';
import { OutboundFailed } from '#protocol/outbound';
import { cibaGrant, deviceGrant } from '#testing/polling';
import {
  assertUnregistrable,
  type Members,
  openRegistration,
  register,
  registerAnew,
  registered,
} from '#testing/registering';
import { openTestTenant, type TestTenant, testCallback } from '#testing/tenant';

const own = new URL(testCallback).host;
const elsewhere = new Map<string, unknown>();
let tenant: TestTenant;

before(async () => {
  tenant = await openTestTenant({
    outbound: async ({ url }) => {
      if (!elsewhere.has(url)) throw new OutboundFailed('nobody is there');
      return { status: 200, headers: {}, body: JSON.stringify(elsewhere.get(url)) };
    },
  });
  await openRegistration(tenant);
});
after(() => tenant.close());

const pairwise = { subject_type: 'pairwise' };

async function subjectAt(members: Members): Promise<string> {
  const { client_id = '' } = await registered(tenant, { ...pairwise, ...members });
  const client = await findClient(tenant.ctx, client_id);
  assert.ok(client);
  return subjectFor(tenant.ctx, client, 'auth0|one');
}

describe('an address that anybody may have makes no sector', () => {
  const native = { application_type: 'native', token_endpoint_auth_method: 'none' };
  for (const redirect_uris of [
    ['http://127.0.0.1/callback'],
    ['http://localhost/callback', 'http://[::1]/callback'],
    ['com.example.app:/callback'],
    ['com.example.app://callback'],
  ]) {
    test(`each application is one of its own: ${redirect_uris}`, async () => {
      const [one, other] = [
        await subjectAt({ ...native, redirect_uris }),
        await subjectAt({ ...native, redirect_uris }),
      ];
      assert.notEqual(one, other);
    });
  }

  test('but a host does', async () => {
    assert.equal(await subjectAt({}), await subjectAt({ application_type: 'native' }));
  });
});

describe('where no callback proves whose an application is', () => {
  const jwks_uri = `https://${own}/jwks.json`;
  const keys = { token_endpoint_auth_method: 'private_key_jwt', jwks_uri };
  const list = 'https://sector.example.net/list.json';

  for (const grant of [deviceGrant, cibaGrant]) {
    const asked = { ...pairwise, grant_types: ['authorization_code', grant] };

    test(`it joins no sector by naming a callback there: ${grant}`, async () => {
      assertUnregistrable(await register(tenant, asked), /pairwise, which needs jwks_uri/);
      const open = { ...asked, token_endpoint_auth_method: 'none' };
      assertUnregistrable(await register(tenant, open), /pairwise, which needs jwks_uri/);
    });

    test(`it joins by keys that are published there, and not elsewhere: ${grant}`, async () => {
      await registered(tenant, { ...asked, ...keys });
      const foreign = { ...keys, jwks_uri: 'https://other.example.org/jwks.json' };
      assertUnregistrable(
        await register(tenant, { ...asked, ...foreign }),
        /jwks_uri on the host of the redirect_uris/,
      );
    });

    test(`it joins a sector whose list has the address of its keys: ${grant}`, async () => {
      const named = { ...asked, ...keys, sector_identifier_uri: list };
      elsewhere.set(list, [testCallback]);
      assertUnregistrable(await register(tenant, named), /lacks the address .*jwks\.json"/);
      elsewhere.set(list, [testCallback, jwks_uri]);
      await registered(tenant, named);
    });
  }

  test('it may be a sector of its own, or be told public names', async () => {
    await registered(tenant, { ...pairwise, redirect_uris: [], grant_types: [deviceGrant] });
    await registered(tenant, { grant_types: ['authorization_code', deviceGrant] });
  });

  test('a change brings no such grant either', async () => {
    const known = await registered(tenant, pairwise);
    const change = { ...pairwise, grant_types: ['authorization_code', deviceGrant] };
    assertUnregistrable(await registerAnew(tenant, known, change), /pairwise, which needs jwks_uri/);
  });
});

describe('an application that has tokens already', () => {
  const victim = { redirect_uris: ['https://victim.example.net/callback'] };

  test('does not learn by a change how another sector knows the people of its tokens', async () => {
    const known = await registered(tenant, pairwise);
    assertUnregistrable(await registerAnew(tenant, known, { ...pairwise, ...victim }), /sector another/);
    const list = 'https://victim.example.net/list.json';
    elsewhere.set(list, victim.redirect_uris);
    const joined = { ...pairwise, ...victim, sector_identifier_uri: list };
    assertUnregistrable(await registerAnew(tenant, known, joined), /sector another/);
  });

  test('does not get there in two steps, by way of public names', async () => {
    const known = await registered(tenant, pairwise);
    const open = await registerAnew(tenant, known, victim);
    assert.equal(open.status, 200, JSON.stringify(open.body));
    assertUnregistrable(await registerAnew(tenant, open.body, { ...pairwise, ...victim }), /Register anew/);
  });

  test('may have other addresses in its sector', async () => {
    const known = await registered(tenant, pairwise);
    const change = { ...pairwise, redirect_uris: [`https://${own}/other`] };
    const { status, body } = await registerAnew(tenant, known, change);
    assert.equal(status, 200, JSON.stringify(body));
  });
});
