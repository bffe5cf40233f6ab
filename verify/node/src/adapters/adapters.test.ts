// Tests the adapters: what each hands on, and that each refuses as RFC 6750 says.
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, test } from 'node:test';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { issuerFetch, readVectors, type TestFact } from '../testing.ts';
import { type AccessTokenClaims, createVerifier, VerificationError } from '../verifier.ts';
import { authenticated as byExpress } from './express.ts';
import { authenticated as byFastify } from './fastify.ts';
import { authenticated as byHono } from './hono.ts';
import { authenticated as byNext } from './next.ts';
import { authenticate } from './node-http.ts';

const { issuer, audience, now, jwks, feed, cases } = readVectors('tokens.json');
const { fetch: issuerOnly } = issuerFetch({ issuer, jwks, now: () => now, facts: feed.revoked as TestFact[] });
const verifier = createVerifier({ issuer, audience, fetch: issuerOnly, now: () => now * 1000 });
const caseOf = (name: string) => cases.find((each: { name: string }) => each.name === name);
const { token } = caseOf('the scopes that are needed');
const { token: revoked } = caseOf('a fact about its session after its position');
const { token: bound, options: binding } = caseOf('bound to a key, with a proof');

type Ask = (headers: Record<string, string>, path?: string) => Promise<Response>;

const closers: (() => unknown)[] = [() => verifier.close()];
after(async () => {
  for (const close of closers) await close();
});

/** The adapters write the address down as it is told by `origin`: the proofs of the vectors are for it. */
const requirements = { verifier, origin: 'https://api.example.com' };
const strict = { ...requirements, scopes: ['write:things'] };

async function listening(listener: RequestListener): Promise<Ask> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closers.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return (headers, path = '/things') => fetch(`http://127.0.0.1:${port}${path}`, { headers });
}

const needs = (path: string | undefined) => (path?.startsWith('/write') ? strict : requirements);

/** A router below a path, which takes that part of the address away. */
const expressServer = () => {
  const app = express().set('env', 'test');
  for (const path of ['/things', '/write']) {
    const router = express.Router();
    router.get('/', byExpress(needs(path)), (request, response) => void response.json({ sub: request.auth?.sub }));
    app.use(path, router);
  }
  return listening(app);
};

const nodeHttp = () =>
  listening(async (request, response) => {
    const claims = await authenticate(request, response, needs(request.url));
    if (claims) response.end(JSON.stringify({ sub: claims.sub }));
  });

async function fastifyServer(): Promise<Ask> {
  const app = fastify();
  for (const path of ['/things', '/write']) {
    app.get(path, { preHandler: byFastify(needs(path)) }, async ({ auth }) => ({ sub: auth?.sub }));
  }
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  closers.push(() => app.close());
  return (headers, path = '/things') => fetch(origin + path, { headers });
}

const next =
  async (): Promise<Ask> =>
  (headers, path = '/things') => {
    const handler = byNext(needs(path), (auth, _request: Request) => Response.json({ sub: auth.sub }));
    return handler(new Request(`https://api.example.com${path}`, { headers }));
  };

async function honoServer(): Promise<Ask> {
  const app = new Hono<{ Variables: { auth: AccessTokenClaims } }>();
  for (const path of ['/things', '/write']) {
    app.get(path, byHono(needs(path)), (context) => context.json({ sub: context.get('auth').sub }));
  }
  return async (headers, path = '/things') => app.request(`https://api.example.com${path}`, { headers });
}

const adapters: Readonly<Record<string, () => Promise<Ask>>> = {
  'node:http': nodeHttp,
  Express: expressServer,
  Fastify: fastifyServer,
  Hono: honoServer,
  'Next.js': next,
};

for (const [name, open] of Object.entries(adapters)) {
  describe(`the adapter for ${name}`, async () => {
    const ask = await open();
    const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

    test('hands on whose the token is', async () => {
      const answer = await ask(bearer(token));
      assert.equal(answer.status, 200);
      assert.match(((await answer.json()) as { sub: string }).sub, /^auth0\|/);
    });

    test('tells who sends no token how to, and nothing else', async () => {
      const answer = await ask({});
      assert.deepEqual([answer.status, answer.headers.get('www-authenticate')], [401, 'Bearer']);
    });

    test('refuses a token that was taken back', async () => {
      const answer = await ask(bearer(revoked));
      assert.equal(answer.status, 401);
      assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer error="invalid_token", error_description="/);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.equal(((await answer.json()) as { error: string }).error, 'invalid_token');
    });

    test('says which scope is lacking', async () => {
      const answer = await ask(bearer(token), '/write');
      assert.equal(answer.status, 403);
      assert.match(answer.headers.get('www-authenticate') ?? '', /scope="write:things"$/);
    });

    test('refuses a token that is bound to a key without its proof, or with another’s address', async () => {
      assert.equal((await ask(bearer(bound))).status, 401);
      const elsewhere = await ask({ authorization: `DPoP ${bound}`, dpop: binding.dpop.proof }, '/write');
      assert.match(elsewhere.headers.get('www-authenticate') ?? '', /^DPoP error="invalid_dpop_proof"/);
    });
  });
}

test('a proof for the address that was called is accepted, though a router took a part of it away', async () => {
  const ask = await expressServer();
  const answer = await ask({ authorization: `DPoP ${bound}`, dpop: binding.dpop.proof });
  assert.equal(answer.status, 200, await answer.text());
});

test('errors are told apart by their class', async () => {
  await assert.rejects(verifier.verify('sorry'), VerificationError);
});
