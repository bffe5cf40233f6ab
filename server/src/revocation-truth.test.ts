// Holds three judges to one truth: after any sequence of acts the database, a node's memory and a verifier far away agree
// with a model that knows nothing but what was issued and what ended since.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createVerifier, type Verifier } from '@warifu/verify';
import fc from 'fast-check';
import { randomId } from '#crypto/random';
import { findAccessToken, revokeAccessToken, verifyAccessTokenHere } from '#domain/access-tokens';
import { endSessionById, revokeAccess } from '#domain/account-access';
import { changeAccount } from '#domain/account-changes';
import { assignRolesTo, removeRolesFrom } from '#domain/account-roles';
import { grantClient } from '#domain/client-grants';
import { changeClient } from '#domain/clients';
import { findDatabase } from '#domain/connections';
import { logoutListeners } from '#domain/logout-outbox';
import { changeResourceServer, createResourceServer } from '#domain/resource-servers';
import { revokeFamily } from '#domain/revocations';
import { createRole } from '#domain/roles';
import { sessionLifetimes, startSession } from '#domain/sessions';
import { issueTokens } from '#domain/tokens';
import type { User } from '#domain/users';
import type { Client } from '#protocol/client';
import type { ResourceServer } from '#protocol/resource-server';
import { withDatabase } from '#storage/testing';
import { createTestClient, createTestUser, openTestTenant, type TestTenant } from './testing/tenant.ts';

const audiences = ['https://one.example.com/', 'https://two.example.com/'] as const;
const scopes = ['read:things', 'write:things', 'delete:things'];

const realm = 'Username-Password-Authentication';

interface Issued {
  readonly token: string;
  readonly user: number | undefined;
  readonly client: number;
  readonly api: number;
  readonly session: string | undefined;
  readonly family: string;
  isEnded: boolean;
}

/** What happens: numbers choose among what is there. */
type Step = readonly [kind: (typeof kinds)[number], a: number, b: number, c: number];

const kinds = [
  'issue',
  'issue',
  'issue',
  'issue without session',
  'issue to the application',
  'end session',
  'end family',
  'revoke token',
  'block',
  'change address',
  'end access',
  'take role',
  'narrow grant',
  'narrow API',
  'rename API',
  'rename client',
] as const;

const step: fc.Arbitrary<Step> = fc.tuple(fc.constantFrom(...kinds), fc.nat(20), fc.nat(20), fc.nat(20));

class World {
  readonly issued: Issued[] = [];
  readonly #tenant: TestTenant;
  readonly #users: readonly User[];
  readonly #clients: readonly Client[];
  readonly #apis: ResourceServer[];
  readonly #roleId: string;
  readonly #sessions = new Map<number, string>();
  #emails = 0;

  private constructor(
    tenant: TestTenant,
    users: readonly User[],
    clients: readonly Client[],
    apis: ResourceServer[],
    roleId: string,
  ) {
    this.#tenant = tenant;
    this.#users = users;
    this.#clients = clients;
    this.#apis = apis;
    this.#roleId = roleId;
  }

  static async open(tenant: TestTenant): Promise<World> {
    const { ctx } = tenant;
    const users = [
      await createTestUser(tenant, `${randomId()}@example.com`),
      await createTestUser(tenant, `${randomId()}@example.com`),
    ];
    const clients = [
      (await createTestClient(tenant, { app_type: 'regular_web' })).client,
      (await createTestClient(tenant, { subject_type: 'pairwise' })).client,
    ];
    const apis: ResourceServer[] = [];
    for (const identifier of audiences) {
      const made = await createResourceServer(ctx, {
        name: identifier,
        identifier,
        scopes: scopes.map((value) => ({ value })),
      });
      apis.push(made);
      for (const { client_id } of clients) await grantClient(ctx, { client_id, audience: identifier, scope: scopes });
    }
    const permissions = [{ resource_server_identifier: audiences[0], permission_name: 'read:things' }];
    const role = await createRole(ctx, { name: randomId(), permissions });
    return new World(tenant, users, clients, apis, role.id);
  }

  async #session(user: number): Promise<string> {
    const known = this.#sessions.get(user);
    if (known !== undefined) return known;
    const { ctx } = this.#tenant;
    const lifetimes = await sessionLifetimes(ctx);
    const listeners = await logoutListeners(ctx);
    const { user_id } = this.#users[user] as User;
    const proof = {
      user_id,
      connection: realm,
      methods: ['pwd'] as const,
      authenticated_at: ctx.now(),
    };
    const caller = { ip: '127.0.0.1', userAgent: undefined };
    const signIn = { proof, previous: undefined, caller, lifetimes, listeners };
    const { sid } = await ctx.database.transaction((queries) => startSession(ctx, queries, signIn));
    this.#sessions.set(user, sid);
    return sid;
  }

  async #issue(user: number | undefined, client: number, api: number, session: string | undefined): Promise<void> {
    const { ctx } = this.#tenant;
    const family = randomId();
    const signedIn =
      user === undefined ? undefined : { user: this.#users[user] as User, sid: session, authenticated_at: ctx.now() };
    const { access_token } = await issueTokens(ctx, {
      client: this.#clients[client] as Client,
      ...(signedIn && { signedIn }),
      scope: ['read:things'],
      api: this.#apis[api],
      family_id: family,
      position: ctx.revocations.position,
    });
    this.issued.push({ token: access_token, user, client, api, session, family, isEnded: false });
  }

  #end(concerns: (issued: Issued) => boolean): void {
    for (const issued of this.issued) issued.isEnded ||= concerns(issued);
  }

  #pick(choice: number): Issued | undefined {
    return this.issued[choice % Math.max(1, this.issued.length)];
  }

  async take([kind, a, b, c]: Step): Promise<void> {
    const { ctx } = this.#tenant;
    const [user, client, api] = [a % 2, b % 2, c % 2];
    const { user_id } = this.#users[user] as User;
    const { client_id } = this.#clients[client] as Client;
    const audience = audiences[api] as string;
    const picked = this.#pick(a);
    switch (kind) {
      case 'issue':
        return this.#issue(user, client, api, await this.#session(user));
      case 'issue without session':
        return this.#issue(user, client, api, undefined);
      case 'issue to the application':
        return this.#issue(undefined, client, api, undefined);
      case 'end session': {
        const sid = this.#sessions.get(user);
        if (sid === undefined) return;
        await endSessionById(ctx, sid);
        this.#sessions.delete(user);
        return this.#end(({ session }) => session === sid);
      }
      case 'end family':
        if (!picked) return;
        await ctx.database.transaction((queries) => revokeFamily(ctx, queries, picked.family));
        return this.#end(({ family }) => family === picked.family);
      case 'revoke token':
        if (!picked) return;
        await revokeAccessToken(ctx, this.#clients[picked.client] as Client, picked.token);
        return this.#end((issued) => issued === picked);
      case 'block':
        await changeAccount(ctx, user_id, { blocked: true }, undefined);
        await changeAccount(ctx, user_id, { blocked: false }, undefined);
        this.#sessions.delete(user);
        return this.#end((issued) => issued.user === user);
      case 'change address':
        this.#emails += 1;
        await changeAccount(
          ctx,
          user_id,
          { email: `${this.#emails}.${randomId()}@example.com` },
          await findDatabase(ctx, realm),
        );
        this.#sessions.delete(user);
        return this.#end((issued) => issued.user === user);
      case 'end access':
        await revokeAccess(ctx, user_id, {});
        this.#sessions.delete(user);
        return this.#end((issued) => issued.user === user);
      case 'take role':
        await assignRolesTo(ctx, user_id, [this.#roleId]);
        await removeRolesFrom(ctx, user_id, [this.#roleId]);
        return this.#end((issued) => issued.user === user && issued.api === 0);
      case 'narrow grant':
        await grantClient(ctx, { client_id, audience, scope: ['read:things'] });
        await grantClient(ctx, { client_id, audience, scope: scopes });
        return this.#end((issued) => issued.client === client && issued.api === api);
      case 'narrow API':
        await changeResourceServer(ctx, audience, { scopes: [{ value: 'read:things' }] });
        await changeResourceServer(ctx, audience, { scopes: scopes.map((value) => ({ value })) });
        return this.#end((issued) => issued.api === api);
      case 'rename API':
        await changeResourceServer(ctx, audience, { name: randomId() });
        return;
      case 'rename client':
        await changeClient(ctx, client_id, { name: randomId() });
        return;
    }
  }
}

/** A verifier for each API, which reads the feed as from far away. */
function verifierOf(tenant: TestTenant, audience: string): Verifier {
  return createVerifier({
    issuer: tenant.ctx.issuer,
    audience,
    feed: 'poll',
    pollInterval: 0.02,
    now: tenant.ctx.now,
    fetch: async (input) => {
      const { pathname, search, host } = new URL(String(input));
      const { body, statusCode } = await tenant.app.inject({ url: pathname + search, headers: { host } });
      return new Response(body, { status: statusCode });
    },
  });
}

const fails = (answer: Promise<unknown>) =>
  answer.then(
    () => false,
    () => true,
  );

/** Waits until a verifier has heard of all that has happened. */
async function caughtUp(verifier: Verifier, { ctx }: TestTenant): Promise<void> {
  await verifier.ready();
  while (verifier.status().position < ctx.revocations.position) await new Promise((resolve) => setTimeout(resolve, 2));
}

for (const dialect of ['sqlite', 'postgres'] as const) {
  describe(`on ${dialect}`, () => {
    test('after any sequence of acts everybody who is asked about a token says the same, and it is true', () =>
      withDatabase(dialect, async (databaseUrl) => {
        const tenant = await openTestTenant({ databaseUrl });
        const { ctx } = tenant;
        const world = await World.open(tenant);
        const verifiers = audiences.map((audience) => verifierOf(tenant, audience));
        const sequences = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
          world.issued.length = 0;
          for (const each of steps) await world.take(each);
          for (const verifier of verifiers) await caughtUp(verifier, tenant);
          for (const { token, api, isEnded } of world.issued) {
            const audience = audiences[api] as string;
            const byDatabase = (await findAccessToken(ctx, token)) === undefined;
            const byMemory = await fails(verifyAccessTokenHere(ctx, token, audience));
            const byVerifier = await fails((verifiers[api] as Verifier).verify(token));
            assert.deepEqual(
              { byDatabase, byMemory, byVerifier },
              { byDatabase: isEnded, byMemory: isEnded, byVerifier: isEnded },
            );
          }
        });
        try {
          await fc.assert(sequences, { numRuns: 40, endOnFailure: true });
        } finally {
          for (const verifier of verifiers) verifier.close();
          await tenant.close();
        }
      }));
  });
}
