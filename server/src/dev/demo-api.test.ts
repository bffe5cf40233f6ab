// Tests the demo API's answers over HTTP, with a verifier that knows a few fixed tokens.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastify from 'fastify';
import { type AccessTokenFault, AccessTokenRefused } from '#domain/access-tokens';
import { demoApi } from './demo-api.ts';
import type { DemoCaller } from './options.ts';

const idTokenSentence = 'This is an ID token: it tells the application who signed in. Send the access token instead.';

async function verifyAccessToken(token: string): Promise<DemoCaller> {
  const known = { sub: 'auth0|1', client_id: 'demo', confirmation: undefined };
  if (token === 'bound') return { ...known, scope: ['read:demo'], confirmation: { jkt: 'a-key' } };
  if (token === 'good') return { ...known, scope: ['openid', 'read:demo'] };
  if (token === 'no-scope') return { ...known, scope: ['openid', 'unread:demo', 'read:demos'] };
  if (token === 'scope-is-empty') return { ...known, scope: [''] };
  if (token === 'breaks') throw new Error('the disk is on fire');
  throw new AccessTokenRefused(token as AccessTokenFault);
}

async function call(authorization?: string) {
  const app = fastify();
  app.get('/demo/api/hello', demoApi(verifyAccessToken));
  return app.inject({ url: '/demo/api/hello', ...(authorization !== undefined && { headers: { authorization } }) });
}

test('an access token with read:demo is answered with a message, the subject and the scope', async () => {
  const response = await call('Bearer good');
  assert.equal(response.statusCode, 200);
  assert.deepEqual(response.json(), {
    message: 'Hello! Your access token was accepted.',
    sub: 'auth0|1',
    scope: 'openid read:demo',
  });
  assert.equal(response.headers['cache-control'], 'no-store');
  assert.equal(response.headers['x-content-type-options'], 'nosniff');
});

test('T09: a token that is bound to a key is no bearer token', async () => {
  const response = await call('Bearer bound');
  assert.equal(response.statusCode, 401);
  assert.equal(response.json().error, 'invalid_token');
  assert.match(String(response.headers['www-authenticate']), /bound to a key/);
});

test('the scheme is accepted in any case', async () => {
  assert.equal((await call('bearer good')).statusCode, 200);
  assert.equal((await call('BEARER good')).statusCode, 200);
});

for (const authorization of [undefined, '', 'Bearer', 'Bearer ', 'Basic Z29vZDo=', 'good', 'Bearer good good']) {
  test(`without a bearer token (${authorization ?? 'no header'}) the answer is 401 with the bare challenge`, async () => {
    const response = await call(authorization);
    assert.equal(response.statusCode, 401);
    assert.equal(response.headers['www-authenticate'], 'Bearer realm="demo"');
    assert.equal(response.json().error, undefined);
    assert.match(response.json().message, /Authorization: Bearer/);
  });
}

for (const [reason, sentence] of [
  ['id-token', /^This is an ID token/],
  ['expired', /expired/],
  ['wrong-audience', /another API/],
  ['revoked', /taken back/],
  ['malformed', /not valid/],
] as const) {
  test(`a token that is refused as ${reason} is answered with 401 invalid_token and the reason`, async () => {
    const response = await call(`Bearer ${reason}`);
    assert.equal(response.statusCode, 401);
    const body = response.json();
    assert.equal(body.error, 'invalid_token');
    assert.equal(body.reason, reason);
    assert.match(body.error_description, sentence);
    assert.equal(
      response.headers['www-authenticate'],
      `Bearer realm="demo", error="invalid_token", error_description="${body.error_description}"`,
    );
    // RFC 6750 §3: printable ASCII without quotation mark and backslash.
    assert.match(body.error_description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  });
}

test('the ID token is refused with the sentence that says what to send instead', async () => {
  assert.equal((await call('Bearer id-token')).json().error_description, idTokenSentence);
});

for (const token of ['no-scope', 'scope-is-empty']) {
  test(`an access token without the scope (${token}) is answered with 403 insufficient_scope naming it`, async () => {
    const response = await call(`Bearer ${token}`);
    assert.equal(response.statusCode, 403);
    assert.equal(response.json().error, 'insufficient_scope');
    assert.equal(response.json().scope, 'read:demo');
    const challenge = String(response.headers['www-authenticate']);
    assert.match(challenge, /^Bearer realm="demo", error="insufficient_scope", /);
    assert.match(challenge, /scope="read:demo"$/);
  });
}

test('a failure that is not about the token is not passed off as a refusal', async () => {
  const response = await call('Bearer breaks');
  assert.equal(response.statusCode, 500);
  assert.equal(response.headers['www-authenticate'], undefined);
});
