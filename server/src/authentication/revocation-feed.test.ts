import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createLocalJWKSet, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { fingerprint } from '#crypto/fingerprint';
import { createClient } from '#domain/clients';
import { revoke } from '#domain/revocations';
import { withDatabase } from '#storage/testing';
import { openTestTenant, type TestTenant } from '../testing/tenant.ts';

interface Page {
  readonly iss: string;
  readonly after: number;
  readonly position: number;
  readonly complete: boolean;
  readonly revoked: readonly (readonly [string, number, number])[];
}

const host = 'id.example.com';

const ask = ({ app }: TestTenant, query: string, headers: Record<string, string> = {}) =>
  app.inject({ url: `/revocations${query}`, headers: { host, ...headers } });

/** Reads a page as a stranger does: by the published keys. */
async function pageAfter(tenant: TestTenant, position: number): Promise<Page> {
  const answer = await ask(tenant, `?after=${position}`);
  assert.equal(answer.statusCode, 200, answer.body);
  assert.equal(answer.headers['content-type'], 'application/revocations+jwt');
  assert.equal(answer.headers['cache-control'], 'no-store');
  const keys = await tenant.app.inject({ url: '/.well-known/jwks.json', headers: { host } });
  const verified = await jwtVerify<Page>(answer.body, createLocalJWKSet(keys.json()), {
    typ: 'revocations+jwt',
    issuer: tenant.ctx.issuer,
    currentDate: new Date(tenant.ctx.now()),
  });
  assert.equal(verified.payload.after, position);
  return verified.payload;
}

const end = ({ ctx }: TestTenant, ...sids: string[]) =>
  ctx.database.transaction(async (queries) => {
    for (const sid of sids) await revoke(ctx, queries, 'session-ended', { sid });
  });

const printOf = (sid: string) => fingerprint(`session:${sid}`);

for (const dialect of ['sqlite', 'postgres'] as const) {
  describe(`the revocation feed on ${dialect}`, () => {
    const withTenant = (work: (tenant: TestTenant, databaseUrl: string) => Promise<void>) =>
      withDatabase(dialect, async (databaseUrl) => {
        const tenant = await openTestTenant({ databaseUrl });
        try {
          await work(tenant, databaseUrl);
        } finally {
          await tenant.close();
        }
      });

    test('has a fact as soon as the act that ended something is done', () =>
      withTenant(async (tenant) => {
        const { position } = await pageAfter(tenant, 0);
        await end(tenant, 'one');
        const page = await pageAfter(tenant, position);
        assert.equal(page.complete, true);
        assert.deepEqual(page.revoked, [[printOf('one'), tenant.ctx.now() / 1000 + 86_700, page.position]]);
        assert.ok(page.position > position);
        assert.equal(tenant.ctx.revocations.position, page.position);
      }));

    test('says nothing of an act that was undone', () =>
      withTenant(async (tenant) => {
        const { position } = await pageAfter(tenant, 0);
        const failed = tenant.ctx.database.transaction(async (queries) => {
          await revoke(tenant.ctx, queries, 'session-ended', { sid: 'undone' });
          throw new Error('undone');
        });
        await assert.rejects(failed, /undone/);
        await tenant.ctx.revocations.look();
        assert.deepEqual((await pageAfter(tenant, position)).revoked, []);
      }));

    test('forgets a fact once no token can be alive that it concerns', () =>
      withTenant(async (tenant) => {
        const { position } = await pageAfter(tenant, 0);
        await end(tenant, 'soon forgotten');
        tenant.pass(86_700_000);
        assert.deepEqual((await pageAfter(tenant, position)).revoked, []);
      }));

    test('goes on in pages that lack nothing, though many facts share a place', () =>
      withTenant(async (tenant) => {
        let page = await pageAfter(tenant, 0);
        const sids = Array.from({ length: 12_000 }, (_, index) => `many ${index}`);
        for (let at = 0; at < sids.length; at += 2500) await end(tenant, ...sids.slice(at, at + 2500));
        const found: string[] = [];
        let pages = 0;
        do {
          page = await pageAfter(tenant, page.position);
          found.push(...page.revoked.map(([print]) => print));
          pages += 1;
        } while (!page.complete);
        assert.ok(pages > 2, `${pages} pages`);
        assert.deepEqual(found.toSorted(), sids.map(printOf).toSorted());
      }));

    test('lacks nothing of what ends on many connections at the same instant', () =>
      withTenant(async (tenant) => {
        const { position } = await pageAfter(tenant, 0);
        const sids = Array.from({ length: 60 }, (_, index) => `at once ${index}`);
        await Promise.all(sids.map((sid) => end(tenant, sid)));
        const { revoked } = await pageAfter(tenant, position);
        assert.deepEqual(revoked.map(([print]) => print).toSorted(), sids.map(printOf).toSorted());
        assert.ok(revoked.every(([, , at]) => at <= tenant.ctx.revocations.position));
      }));

    if (dialect === 'postgres') {
      test('is one for all nodes: what ends at one is known to the other', () =>
        withTenant(async (tenant, databaseUrl) => {
          const other = await openTestTenant({ databaseUrl });
          const heard = Promise.withResolvers<void>();
          other.ctx.revocations.subscribe(({ facts }) => {
            if (facts.some((fact) => fact.fingerprint === printOf('elsewhere'))) heard.resolve();
          });
          await end(tenant, 'elsewhere');
          await heard.promise;
          // Whichever node gave the fact its place, the others are a moment behind: none stays there.
          const isBehind = () => other.ctx.revocations.position !== tenant.ctx.revocations.position;
          while (isBehind()) await new Promise((resolve) => setTimeout(resolve, 2));
          await other.close();
        }));
    }
  });
}

describe('a page of the revocation feed', () => {
  let tenant: TestTenant;
  before(async () => {
    tenant = await openTestTenant();
  });
  after(() => tenant.close());

  test('is no access token, nor an ID token', async () => {
    const { body } = await ask(tenant, '');
    assert.equal(decodeProtectedHeader(body).typ, 'revocations+jwt');
    const asToken = await tenant.app.inject({
      url: '/userinfo',
      headers: { host, authorization: `Bearer ${body}` },
    });
    assert.equal(asToken.statusCode, 401);
    assert.ok(errors.JWTInvalid);
  });

  test('is refused for what is no position', async () => {
    for (const after of ['-1', '1.5', 'x', '1e3', '00', '99999999999999999']) {
      const answer = await ask(tenant, `?after=${after}`);
      assert.equal(answer.statusCode, 400, after);
      assert.equal(answer.json().error, 'invalid_request');
    }
  });

  test('is named by the metadata of the issuer', async () => {
    const metadata = (await tenant.app.inject({ url: '/.well-known/openid-configuration', headers: { host } })).json();
    assert.equal(metadata.revocation_feed_endpoint, 'https://id.example.com/revocations');
    assert.equal(metadata.revocation_stream_endpoint, 'https://id.example.com/revocations/stream');
  });

  test('is for applications that prove who they are, where the deployment wants it so', async () => {
    const strict = await openTestTenant({ revocationReaders: 'clients' });
    const { client, client_secret } = await createClient(strict.ctx, { name: 'API', app_type: 'resource_server' });
    const { client: spa } = await createClient(strict.ctx, { name: 'SPA', app_type: 'spa' });
    const basic = (id: string, secret = '') => ({
      authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
    });
    for (const path of ['', '/stream']) {
      assert.equal((await ask(strict, path)).statusCode, 401);
      assert.equal((await ask(strict, path, basic(client.client_id, 'wrong'))).statusCode, 401);
      assert.equal((await ask(strict, path, basic(spa.client_id))).statusCode, 401);
    }
    assert.equal((await ask(strict, '', basic(client.client_id, client_secret))).statusCode, 200);
    await strict.close();
  });
});
