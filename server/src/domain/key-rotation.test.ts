// Tests the life of signing keys: nobody ever sees an unknown one, and a revoked one is worth nothing (Z03, J15).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomId } from '#crypto/random';
import { withDatabase } from '#storage/testing';
import { createTestApi, createTestClient, openTestTenant, type TestTenant, testAudience } from '../testing/tenant.ts';
import { AccessTokenRefused, verifyAccessToken } from './access-tokens.ts';
import {
  listSigningKeys,
  publishedBeforeUseMs,
  type Rotation,
  RotationRefused,
  revokeSigningKey,
  rotateSigningKey,
  tendSigningKeys,
} from './key-rotation.ts';
import { findResourceServer } from './resource-servers.ts';
import { issueTokens } from './tokens.ts';

const day = 24 * 60 * 60 * 1000;

async function publishedKids({ app, ctx }: TestTenant): Promise<string[]> {
  const { host } = new URL(ctx.issuer);
  const { keys } = (await app.inject({ url: '/.well-known/jwks.json', headers: { host } })).json();
  return keys.map(({ kid }: { kid: string }) => kid);
}

async function statuses({ ctx }: TestTenant, alg = 'RS256'): Promise<Record<string, string>> {
  const keys = (await listSigningKeys(ctx)).filter((key) => key.alg === alg);
  return Object.fromEntries(keys.map(({ kid, status }) => [kid, status]));
}

/** Undefined for who came a moment too late, by whatever a moment. */
async function tryToRotate({ ctx }: TestTenant): Promise<Rotation | undefined> {
  try {
    return await rotateSigningKey(ctx, 'RS256');
  } catch (error) {
    assert.ok(error instanceof RotationRefused, String(error));
    return undefined;
  }
}

const kidOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;

describe('one server', () => {
  let tenant: TestTenant;
  before(async () => {
    tenant = await openTestTenant();
    await createTestApi(tenant);
  });
  after(() => tenant.close());

  async function accessToken(): Promise<string> {
    const { client } = await createTestClient(tenant, { app_type: 'non_interactive' });
    const api = await findResourceServer(tenant.ctx, testAudience);
    return (await issueTokens(tenant.ctx, { client, api, scope: [], family_id: randomId(), position: 0 })).access_token;
  }
  const fault = (token: string) =>
    verifyAccessToken(tenant.ctx, token, testAudience).then(
      () => undefined,
      (error: unknown) => (error instanceof AccessTokenRefused ? error.fault : error),
    );

  test('begins with a current key and a next one, both published, and nothing of their private halves', async () => {
    assert.deepEqual(Object.values(await statuses(tenant)).sort(), ['current', 'next']);
    const { keys } = tenant.ctx.keys.jwks;
    assert.equal(keys.length, 2);
    for (const key of keys) for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.equal(name in key, false);
  });

  test('a rotation moves each key on by one; what was signed before is still accepted', async () => {
    tenant.pass(publishedBeforeUseMs);
    const old = await accessToken();
    const before = await publishedKids(tenant);
    const rotation = await rotateSigningKey(tenant.ctx, 'RS256');
    assert.ok(rotation);
    assert.equal(rotation.previous, kidOf(old));
    assert.ok(before.includes(rotation.current), 'the key that signs now was published before');
    assert.equal(kidOf(await accessToken()), rotation.current);
    assert.deepEqual(await statuses(tenant), {
      [rotation.previous]: 'previous',
      [rotation.current]: 'current',
      [rotation.next]: 'next',
    });
    assert.deepEqual((await publishedKids(tenant)).sort(), Object.values(rotation).slice(1).sort());
    assert.equal(await fault(old), undefined);
    const row = await tenant.ctx.database.queries
      .selectFrom('signing_keys')
      .select('sealed_private_key')
      .where('kid', '=', rotation.previous)
      .executeTakeFirstOrThrow();
    assert.equal(row.sealed_private_key, '', 'the private half is gone');
  });

  test('a next key that was published a moment ago is not used yet', async () => {
    await assert.rejects(rotateSigningKey(tenant.ctx, 'RS256'), /^RotationRefused: .* Rotate in 60 seconds\.$/);
    tenant.pass(publishedBeforeUseMs - 1);
    await assert.rejects(rotateSigningKey(tenant.ctx, 'RS256'), /Rotate in 1 seconds/);
    await assert.rejects(rotateSigningKey(tenant.ctx, 'ES256'), /no API and no application has asked/);
  });

  test('the schedule rotates what has signed long enough, once, and tells of it', async () => {
    const before = await statuses(tenant);
    await tendSigningKeys(tenant.ctx, 90 * day);
    assert.deepEqual(await statuses(tenant), before);
    tenant.pass(90 * day);
    await tendSigningKeys(tenant.ctx, Infinity);
    assert.equal(Object.values(await statuses(tenant)).includes('next'), true);
    await tendSigningKeys(tenant.ctx, 90 * day);
    const current = (keys: Record<string, string>) => Object.keys(keys).find((kid) => keys[kid] === 'current');
    assert.notEqual(current(await statuses(tenant)), current(before));
    assert.deepEqual(
      tenant.events.filter(({ type }) => type === 'key_rotation').map(({ description }) => description),
      [`RS256: ${current(await statuses(tenant))} signs from now on`],
    );
    await tendSigningKeys(tenant.ctx, 90 * day);
    assert.equal(tenant.events.filter(({ type }) => type === 'key_rotation').length, 1);
  });

  test('a previous key is published as long as a token that it signed may live, and then forgotten', async () => {
    const [previous = ''] = Object.entries(await statuses(tenant)).find(([, status]) => status === 'previous') ?? [];
    tenant.pass(30 * day);
    await tendSigningKeys(tenant.ctx, Infinity);
    assert.ok((await publishedKids(tenant)).includes(previous));
    tenant.pass(day);
    await tendSigningKeys(tenant.ctx, Infinity);
    assert.equal((await publishedKids(tenant)).includes(previous), false);
    assert.equal(previous in (await statuses(tenant)), false);
  });

  test('the current key is revoked only once another has its place, and at once its tokens are refused', async () => {
    const token = await accessToken();
    const [, next = ''] = Object.entries(await statuses(tenant)).find(([, status]) => status === 'next') ?? [];
    assert.equal(next, 'next');
    assert.equal(await revokeSigningKey(tenant.ctx, kidOf(token)), 'revoked');
    assert.equal(await fault(token), 'malformed');
    assert.equal(await fault(await accessToken()), undefined);
    assert.equal((await publishedKids(tenant)).includes(kidOf(token)), false);
    assert.deepEqual(Object.values(await statuses(tenant)).sort(), ['current', 'next', 'revoked']);
    assert.equal(await revokeSigningKey(tenant.ctx, kidOf(token)), 'revoked-before');
    assert.equal(await revokeSigningKey(tenant.ctx, 'no-such-key'), 'unknown');
  });

  test('a next key that is revoked is replaced by another', async () => {
    const nextOf = async () =>
      Object.entries(await statuses(tenant)).find(([, status]) => status === 'next')?.[0] ?? '';
    const before = await nextOf();
    assert.equal(await revokeSigningKey(tenant.ctx, before), 'revoked');
    assert.notEqual(await nextOf(), before);
    assert.equal((await publishedKids(tenant)).includes(before), false);
  });

  for (const alg of ['PS256', 'ES256', 'EdDSA'] as const) {
    test(`${alg} keys are made the first time they are asked for, two of them, and rotated like the others`, async () => {
      assert.deepEqual(await statuses(tenant, alg), {});
      const [first, second] = await Promise.all([tenant.ctx.keys.signer(alg), tenant.ctx.keys.signer(alg)]);
      assert.equal(first.kid, second.kid);
      assert.deepEqual(Object.values(await statuses(tenant, alg)).sort(), ['current', 'next']);
      tenant.pass(publishedBeforeUseMs);
      const rotation = await rotateSigningKey(tenant.ctx, alg);
      assert.equal((await tenant.ctx.keys.signer(alg)).kid, rotation?.current);
    });
  }
});

for (const dialect of ['sqlite', 'postgres'] as const) {
  test(`of many rotations at the same instant one is done, on ${dialect}`, () =>
    withDatabase(dialect, async (databaseUrl) => {
      const tenant = await openTestTenant({ databaseUrl });
      try {
        tenant.pass(publishedBeforeUseMs);
        const before = await statuses(tenant);
        const rotations = await Promise.all(Array.from({ length: 8 }, () => tryToRotate(tenant)));
        assert.equal(rotations.filter((rotation) => rotation !== undefined).length, 1);
        const now = await statuses(tenant);
        assert.equal(Object.keys(now).length, 3);
        for (const [kid, status] of Object.entries(before)) {
          assert.equal(now[kid], status === 'current' ? 'previous' : 'current');
        }
        for (let round = 1; round <= 10; round += 1) {
          tenant.pass(90 * day);
          // Not all at the same instant: one may read before another has written, and go on after it.
          await Promise.all(
            Array.from({ length: 4 }, async (_, at) => {
              for (let wait = 0; wait < at * round; wait += 1) await tenant.ctx.database.isReachable();
              await tendSigningKeys(tenant.ctx, 90 * day);
            }),
          );
          assert.equal(tenant.events.filter(({ type }) => type === 'key_rotation').length, round);
        }
        assert.equal(Object.values(await statuses(tenant)).filter((status) => status === 'current').length, 1);
      } finally {
        await tenant.close();
      }
    }));
}

test('two nodes that rotate at once rotate once, and learn of it: neither ever meets a key that it doesn’t know', () =>
  withDatabase('postgres', async (databaseUrl) => {
    const nodes = [await openTestTenant({ databaseUrl }), await openTestTenant({ databaseUrl })] as const;
    const [here, there] = nodes;
    try {
      for (const node of nodes) node.pass(publishedBeforeUseMs);
      const known = await publishedKids(there);
      const rotations = await Promise.all(nodes.map(tryToRotate));
      const [done, ...others] = rotations.filter((rotation) => rotation !== undefined);
      assert.ok(done);
      assert.deepEqual(others, []);
      assert.ok(known.includes(done.current), 'the other node knew the key before it signed');
      await Promise.all(nodes.map(({ ctx }) => ctx.documents.refresh()));
      assert.deepEqual((await publishedKids(here)).sort(), (await publishedKids(there)).sort());
      for (const { ctx } of nodes) assert.equal((await ctx.keys.signer('RS256')).kid, done.current);
      await revokeSigningKey(here.ctx, done.previous);
      assert.ok((await publishedKids(there)).includes(done.previous));
      await there.ctx.documents.refresh();
      assert.equal((await publishedKids(there)).includes(done.previous), false);
      assert.equal(there.ctx.keys.verifiers.has(done.previous), false);
    } finally {
      for (const node of nodes) await node.close();
    }
  }));
