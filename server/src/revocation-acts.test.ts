// Walks the table of acts: which of a deployment's tokens each of them ends, for who asks us and for who reads the feed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findAccessToken } from '#domain/access-tokens';
import { grantClient } from '#domain/client-grants';
import { addGroupMembers, assignGroupRoles, createGroup } from '#domain/groups';
import { createResourceServer } from '#domain/resource-servers';
import { createRole } from '#domain/roles';
import type { User } from '#domain/users';
import { claimsOf, type Fields, formType, TestApplication } from './testing/application.ts';
import { TestBrowser } from './testing/browser.ts';
import { FeedReader, statusOf } from './testing/feed-reader.ts';
import { TestManagement } from './testing/management.ts';
import {
  createTestApi,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
  testPassword,
} from './testing/tenant.ts';

const email = 'hana@example.com';
const otherAudience = 'https://other.example.com/';
const passwordGrant = 'http://auth0.com/oauth/grant-type/password-realm';
const realm = 'Username-Password-Authentication';

/** Hana's tokens, Taro's, and those of a program. */
const all = [
  'web',
  'sameSession',
  'otherSession',
  'noSession',
  'otherApi',
  'pairwise',
  'taro',
  'program',
  'programElsewhere',
] as const;
type Name = (typeof all)[number];
const hanas: readonly Name[] = ['web', 'sameSession', 'otherSession', 'noSession', 'otherApi', 'pairwise'];

interface World {
  readonly tenant: TestTenant;
  readonly management: TestManagement;
  readonly hana: User;
  readonly apps: Readonly<Record<'web' | 'second' | 'pairwise' | 'program', TestApplication>>;
  readonly browser: TestBrowser;
  readonly code: string;
  readonly refreshToken: string;
  readonly roleId: string;
  readonly tokens: Readonly<Record<Name, string>>;
}

const asked = { scope: 'openid offline_access read:things', audience: testAudience };

async function applications(tenant: TestTenant): Promise<World['apps']> {
  const web = { app_type: 'regular_web', grant_types: ['authorization_code', 'refresh_token', passwordGrant] } as const;
  const [first, second, pairwise, program] = await Promise.all([
    TestApplication.create(tenant, web),
    TestApplication.create(tenant),
    TestApplication.create(tenant, { subject_type: 'pairwise' }),
    TestApplication.create(tenant, { app_type: 'non_interactive' }),
  ]);
  for (const audience of [testAudience, otherAudience]) {
    await grantClient(tenant.ctx, { client_id: program.client.client_id, audience, scope: ['read:things'] });
  }
  return { web: first, second, pairwise, program };
}

async function accessToken(answer: Promise<{ readonly body: Readonly<Record<string, string>> }>): Promise<string> {
  const { body } = await answer;
  assert.ok(body['access_token'], JSON.stringify(body));
  return body['access_token'];
}

async function openWorld(): Promise<World> {
  const tenant = await openTestTenant();
  const api = { enforce_policies: true, token_dialect: 'access_token_authz' } as const;
  await createTestApi(tenant);
  await createResourceServer(tenant.ctx, {
    name: 'Other',
    identifier: otherAudience,
    scopes: [{ value: 'read:things' }, { value: 'write:things' }],
    ...api,
  });
  const hana = await createTestUser(tenant, email);
  await createTestUser(tenant, 'taro@example.com');
  const management = await TestManagement.open(tenant);
  const permissions = ['read:things', 'write:things'].map((permission_name) => ({
    resource_server_identifier: otherAudience,
    permission_name,
  }));
  const role = await createRole(tenant.ctx, { name: 'Reader', permissions });
  await management.post(`/users/${hana.user_id}/roles`, { roles: [role.id] });
  const apps = await applications(tenant);
  const browser = new TestBrowser(tenant);
  const code = (await apps.web.signIn(browser, email, asked)).get('code') ?? '';
  const first = await apps.web.redeem(code);
  const silent = async (app: TestApplication, extra: Fields) =>
    accessToken(app.redeem((await app.silently(browser, extra)).get('code')));
  const machine = { grant_type: 'client_credentials' };
  const tokens = {
    web: first.body['access_token'] ?? '',
    sameSession: await silent(apps.second, { audience: testAudience, scope: 'openid read:things' }),
    otherApi: await silent(apps.second, { audience: otherAudience, scope: 'openid read:things' }),
    pairwise: await silent(apps.pairwise, { audience: testAudience, scope: 'openid' }),
    otherSession: (await apps.web.tokens(email, asked))['access_token'] ?? '',
    noSession: await accessToken(
      apps.web.post({
        grant_type: passwordGrant,
        realm,
        username: email,
        password: testPassword,
        audience: testAudience,
      }),
    ),
    taro: (await apps.web.tokens('taro@example.com', asked))['access_token'] ?? '',
    program: await accessToken(apps.program.post({ ...machine, audience: testAudience })),
    programElsewhere: await accessToken(apps.program.post({ ...machine, audience: otherAudience })),
  };
  const refreshToken = first.body['refresh_token'] ?? '';
  return { tenant, management, hana, apps, browser, code, refreshToken, roleId: role.id, tokens };
}

const sidOf = (token: string) => String(claimsOf(token)['sid']);
const familyOf = (token: string) => String(claimsOf(token)['jti']).split('.')[0];

async function revokeAt({ tenant, apps: { web } }: World, token: string): Promise<void> {
  const { host } = new URL(tenant.ctx.issuer);
  const credentials = { client_id: web.client.client_id, client_secret: web.secret ?? '' };
  const payload = new URLSearchParams({ ...credentials, token }).toString();
  const answer = await tenant.app.inject({
    method: 'POST',
    url: '/oauth/revoke',
    headers: { host, ...formType },
    payload,
  });
  assert.equal(answer.statusCode, 200, answer.body);
}

async function ok(answer: ReturnType<TestManagement['get']>): Promise<unknown> {
  const { status, body } = await answer;
  assert.ok(status < 300, JSON.stringify(body));
  return body;
}

interface Act {
  readonly act: string;
  readonly perform: (world: World) => Promise<unknown>;
  readonly ends: readonly Name[];
  /** What status lists cannot say: they know no more of a token than that it is one of several. */
  readonly notInLists?: true;
}

const ofSession: readonly Name[] = ['web', 'sameSession', 'otherApi', 'pairwise'];
const user = ({ hana }: World, rest = '') => `/users/${hana.user_id}${rest}`;

/** A group of the directory in which Hana is, and which gives the role. */
async function groupWithRole({ tenant, hana, roleId }: World): Promise<string> {
  const { id } = await createGroup(tenant.ctx, { connection_id: 'con_directory', name: 'Readers' });
  await addGroupMembers(tenant.ctx, id, [hana.user_id]);
  await assignGroupRoles(tenant.ctx, [id], [roleId]);
  return id;
}

const acts: readonly Act[] = [
  {
    act: 'a log-out ends the tokens of its session, at every application',
    perform: ({ browser, apps }) => browser.open(`/v2/logout?client_id=${apps.web.client.client_id}`),
    ends: ofSession,
  },
  {
    act: 'another person who signs in with the same browser ends the session before',
    perform: ({ browser, apps }) => apps.second.signIn(browser, 'taro@example.com', { prompt: 'login' }),
    ends: ofSession,
  },
  {
    act: 'an administrator who ends a session ends its tokens',
    perform: ({ management, tokens }) => ok(management.delete(`/sessions/${sidOf(tokens.web)}`)),
    ends: ofSession,
  },
  {
    act: 'an administrator who revokes a session ends its tokens',
    perform: ({ management, tokens }) => ok(management.post(`/sessions/${sidOf(tokens.otherSession)}/revoke`)),
    ends: ['otherSession'],
  },
  {
    act: "the end of all of a person's sessions ends the tokens of each",
    perform: (world) => ok(world.management.delete(user(world, '/sessions'))),
    ends: [...ofSession, 'otherSession'],
  },
  {
    act: "the end of a person's access ends all of their tokens",
    perform: (world) => ok(world.management.post(user(world, '/revoke-access'))),
    ends: hanas,
  },
  {
    act: 'a refresh token that its application revokes ends what came of it',
    perform: (world) => revokeAt(world, world.refreshToken),
    ends: ['web'],
  },
  {
    act: 'a refresh token that an administrator deletes ends what came of it',
    perform: ({ management, tokens }) => ok(management.delete(`/refresh-tokens/${familyOf(tokens.web)}`)),
    ends: ['web'],
  },
  {
    act: 'a refresh token that is used again ends what came of it',
    perform: async ({ apps, refreshToken }) => {
      assert.equal((await apps.web.refresh(refreshToken)).status, 200);
      assert.equal((await apps.web.refresh(refreshToken)).status, 403);
    },
    ends: ['web'],
  },
  {
    act: 'a code that is used again ends what came of it',
    perform: ({ apps, code }) => apps.web.redeem(code),
    ends: ['web'],
  },
  {
    act: 'an access token that its application revokes ends alone',
    perform: (world) => revokeAt(world, world.tokens.web),
    ends: ['web'],
  },
  {
    act: 'an access token on the blacklist ends alone',
    perform: ({ management, tokens }) =>
      ok(management.post('/blacklists/tokens', { jti: claimsOf(tokens.program)['jti'], aud: testAudience })),
    ends: ['program'],
    notInLists: true,
  },
  {
    act: 'a person who is blocked has no tokens any more',
    perform: (world) => ok(world.management.patch(user(world), { blocked: true })),
    ends: hanas,
  },
  {
    act: 'a new password ends all tokens of its person',
    perform: (world) => ok(world.management.patch(user(world), { password: 'Another-horse-battery-2' })),
    ends: hanas,
  },
  {
    act: 'a new address ends all tokens of its person',
    perform: (world) => ok(world.management.patch(user(world), { email: 'hana2@example.com' })),
    ends: hanas,
  },
  {
    act: 'a person who is deleted has no tokens any more',
    perform: (world) => ok(world.management.delete(user(world))),
    ends: hanas,
  },
  {
    act: 'all of a person’s consents together end all of their tokens',
    perform: ({ management, hana }) => ok(management.delete(`/grants?user_id=${encodeURIComponent(hana.user_id)}`)),
    ends: hanas,
  },
  {
    act: 'a role that a person loses ends their tokens for the APIs that it was for',
    perform: (world) => ok(world.management.delete(user(world, '/roles'), { roles: [world.roleId] })),
    ends: ['otherApi'],
  },
  {
    act: 'a role that allows less ends the tokens of those who have it, for that API',
    perform: ({ management, roleId }) =>
      ok(
        management.delete(`/roles/${roleId}/permissions`, {
          permissions: [{ resource_server_identifier: otherAudience, permission_name: 'read:things' }],
        }),
      ),
    ends: ['otherApi'],
  },
  {
    act: 'a role that is gone ends the tokens of those who had it, for the APIs that it was for',
    perform: ({ management, roleId }) => ok(management.delete(`/roles/${roleId}`)),
    ends: ['otherApi'],
  },
  {
    act: 'a group that loses a role ends the tokens of those who are in it, for that API',
    perform: async (world) => {
      const group = await groupWithRole(world);
      await ok(world.management.delete(`/groups/${group}/roles`, { roles: [world.roleId] }));
    },
    ends: ['otherApi'],
  },
  {
    act: 'a group that is gone ends the tokens of those who were in it, for the APIs of its roles',
    perform: async (world) => ok(world.management.delete(`/groups/${await groupWithRole(world)}`)),
    ends: ['otherApi'],
  },
  {
    act: 'a client grant that is gone ends the tokens of its application for its API',
    perform: async ({ management, apps }) => {
      const query = `client_id=${apps.program.client.client_id}&audience=${encodeURIComponent(otherAudience)}`;
      const [grant] = (await ok(management.get(`/client-grants?${query}`))) as { id: string }[];
      await ok(management.delete(`/client-grants/${grant?.id}`));
    },
    ends: ['programElsewhere'],
  },
  {
    act: 'a client grant that allows less ends the tokens of its application for its API',
    perform: ({ tenant, apps }) =>
      grantClient(tenant.ctx, { client_id: apps.program.client.client_id, audience: testAudience, scope: [] }),
    ends: ['program'],
  },
  {
    act: 'a client grant that allows more ends nothing',
    perform: ({ tenant, apps }) =>
      grantClient(tenant.ctx, {
        client_id: apps.program.client.client_id,
        audience: testAudience,
        scope: ['read:things', 'write:things'],
      }),
    ends: [],
  },
  {
    act: 'an application that is deleted has no tokens any more',
    perform: ({ management, apps }) => ok(management.delete(`/clients/${apps.web.client.client_id}`)),
    ends: ['web', 'otherSession', 'noSession', 'taro'],
  },
  {
    act: 'an API that loses a scope ends the tokens for it',
    perform: ({ management }) =>
      ok(
        management.patch(`/resource-servers/${encodeURIComponent(otherAudience)}`, {
          scopes: [{ value: 'read:things' }],
        }),
      ),
    ends: ['otherApi', 'programElsewhere'],
  },
  {
    act: 'an API that is deleted ends the tokens for it',
    perform: ({ management }) => ok(management.delete(`/resource-servers/${encodeURIComponent(otherAudience)}`)),
    ends: ['otherApi', 'programElsewhere'],
  },
  {
    act: 'an API that is renamed ends nothing',
    perform: ({ management }) =>
      ok(management.patch(`/resource-servers/${encodeURIComponent(otherAudience)}`, { name: 'New name' })),
    ends: [],
  },
  {
    act: 'a signing key that is revoked ends all that it signed',
    perform: async ({ management }) => {
      const keys = (await ok(management.get('/keys/signing'))) as { kid: string; current: boolean }[];
      await ok(management.put(`/keys/signing/${keys.find(({ current }) => current)?.kid}/revoke`, {}));
    },
    ends: all,
    notInLists: true,
  },
  {
    act: 'a session that is over by its age ends nothing',
    perform: async ({ tenant }) => {
      const { clearExpiredSessions } = await import('#domain/sessions');
      await clearExpiredSessions({ ...tenant.ctx, now: () => tenant.ctx.now() + 40 * 86_400_000 });
    },
    ends: [],
  },
];

async function dead(names: readonly Name[], isDead: (name: Name) => boolean | Promise<boolean>): Promise<Name[]> {
  const answers = await Promise.all(names.map(async (name) => [name, await isDead(name)] as const));
  return answers.filter(([, is]) => is).map(([name]) => name);
}

describe('what ends access tokens', () => {
  for (const { act, perform, ends, notInLists = false } of acts) {
    test(act, async () => {
      const world = await openWorld();
      const { tenant, tokens } = world;
      try {
        const reader = new FeedReader(tenant);
        await reader.read();
        assert.deepEqual(await dead(all, (name) => reader.ends(tokens[name])), [], 'before');
        await perform(world);
        await reader.read();
        const expected = all.filter((name) => ends.includes(name));
        assert.deepEqual(await dead(all, (name) => reader.ends(tokens[name])), expected, 'by the feed');
        const isUnknown = async (name: Name) => (await findAccessToken(tenant.ctx, tokens[name])) === undefined;
        assert.deepEqual(await dead(all, isUnknown), expected, 'by us');
        tenant.pass(15_000);
        const isInvalid = async (name: Name) => (await statusOf(tenant, tokens[name])) === 1;
        assert.deepEqual(await dead(all, isInvalid), notInLists ? [] : expected, 'by the status lists');
      } finally {
        await tenant.close();
      }
    });
  }
});
