// Tests that comparing a secret takes no other way by how much of it is right (T03). How long that takes in fact,
// `npm run bench -- timing` measures: a test that asserted times would fail by chance.
import assert from 'node:assert/strict';
import crypto, { randomUUID } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { after, before, beforeEach, mock, test } from 'node:test';
import { SignJWT } from 'jose';
import { grantClient } from '#domain/client-grants';
import { type NewClient, rotateClientSecret } from '#domain/clients';
import { clientAssertionType } from '#protocol/client-assertion';
import { assertRefused, TestApplication, type TokenAnswer } from '../testing/application.ts';
import { createTestApi, openTestTenant, type TestTenant, testAudience } from '../testing/tenant.ts';

type Compared = readonly [Buffer, Buffer];

/** What was compared in constant time since the test began. */
const compared: Compared[] = [];
let tenant: TestTenant;

before(async () => {
  const { timingSafeEqual } = crypto;
  mock.method(crypto, 'timingSafeEqual', (a: Uint8Array, b: Uint8Array) => {
    compared.push([Buffer.from(a), Buffer.from(b)]);
    return timingSafeEqual(a, b);
  });
  syncBuiltinESMExports();
  tenant = await openTestTenant();
  await createTestApi(tenant);
});
after(async () => {
  mock.restoreAll();
  syncBuiltinESMExports();
  await tenant.close();
});
beforeEach(() => {
  compared.length = 0;
});

async function machineWith(settings: Partial<NewClient> = {}): Promise<TestApplication> {
  const machine = await TestApplication.create(tenant, { app_type: 'non_interactive', ...settings });
  await grantClient(tenant.ctx, { client_id: machine.client.client_id, audience: testAudience, scope: [] });
  return machine;
}

const asked = { grant_type: 'client_credentials', audience: testAudience } as const;

const byBody = (machine: TestApplication, client_secret: string) => machine.post({ ...asked, client_secret });

function byHeader(machine: TestApplication, secret: string): Promise<TokenAnswer> {
  const { client_id } = machine.client;
  const authorization = `Basic ${Buffer.from(`${client_id}:${secret}`).toString('base64')}`;
  return machine.post({ ...asked, client_id: undefined, client_secret: undefined }, { authorization });
}

/** What was compared while somebody asked. */
async function comparedBy(asking: () => Promise<TokenAnswer>): Promise<readonly Compared[]> {
  compared.length = 0;
  await asking();
  return [...compared];
}

/** The secret up to there, another character, and the rest of the secret. */
function guessAt(secret: string, position: number): string {
  return secret.slice(0, position) + (secret[position] === 'A' ? 'B' : 'A') + secret.slice(position + 1);
}

function commonStart(a: Buffer, b: Buffer): number {
  const end = a.findIndex((byte, index) => byte !== b[index]);
  return end === -1 ? a.length : end;
}

const hex = (bytes: Buffer) => bytes.toString('hex');

for (const [method, send] of Object.entries({ body: byBody, header: byHeader })) {
  test(`T03: a secret in the ${method} is compared once, whole, and as a digest that shares nothing with it`, async () => {
    const machine = await machineWith();
    const secret = String(machine.secret);
    for (const position of [0, 16, 32, secret.length - 1]) {
      const guess = guessAt(secret, position);
      const [pair, ...more] = await comparedBy(() => send(machine, guess));
      assert.ok(pair, 'It was compared in another way.');
      assert.equal(more.length, 0);
      const [a, b] = pair;
      // Of two digests of 256 bits, nobody meets 16 characters (96 bits) in common.
      assert.ok(commonStart(a, b) < 16, `The first ${commonStart(a, b)} bytes are the same at ${position}.`);
      for (const side of pair) for (const text of [secret, guess]) assert.equal(side.includes(text), false);
    }
  });
}

test('T03: a guess of another length is compared alike', async () => {
  const machine = await machineWith();
  const secret = String(machine.secret);
  for (const guess of ['x', secret.slice(0, -1), `${secret}x`, secret.repeat(20)]) {
    const pairs = await comparedBy(() => byBody(machine, guess));
    assert.deepEqual(
      pairs.map(([a, b]) => [a.length, b.length]),
      [[43, 43]],
    );
  }
});

test('T03: while two secrets overlap, each guess is compared with both, whichever is right', async () => {
  const machine = await machineWith();
  const first = String(machine.secret);
  const second = await rotateClientSecret(tenant.ctx, machine.client.client_id, { overlapSeconds: 3600 });
  for (const guess of [first, second, guessAt(first, 32), guessAt(second, 0)]) {
    assert.equal((await comparedBy(() => byBody(machine, guess))).length, 2);
  }
});

test('T03: the MAC of an assertion under the secret is compared in constant time', async () => {
  const machine = await machineWith({ token_endpoint_auth_method: 'client_secret_jwt' });
  const { client_id } = machine.client;
  const sec = Math.floor(tenant.ctx.now() / 1000);
  const claims = { iss: client_id, sub: client_id, aud: tenant.ctx.issuer, jti: randomUUID(), iat: sec, exp: sec + 60 };
  const made = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' });
  const signed = await made.sign(new TextEncoder().encode(String(machine.secret)));
  const start = signed.lastIndexOf('.') + 1;
  const mac = Buffer.from(signed.slice(start), 'base64url');
  for (const position of [0, 16, 31]) {
    const forged = Buffer.from(mac);
    forged[position] = (forged[position] as number) ^ 1;
    const client_assertion = signed.slice(0, start) + forged.toString('base64url');
    const shown = { client_secret: undefined, client_assertion, client_assertion_type: clientAssertionType };
    const pairs = await comparedBy(async () => {
      const answer = await machine.post({ ...asked, ...shown });
      assertRefused(answer, 401, 'invalid_client');
      return answer;
    });
    assert.equal(pairs.length, 1);
    assert.deepEqual(new Set(pairs.flat().map(hex)), new Set([mac, forged].map(hex)));
  }
});

test('T03: the refusal is the same, however much of the guess is right', async () => {
  const machine = await machineWith();
  const secret = String(machine.secret);
  const guesses = [guessAt(secret, 0), guessAt(secret, 32), guessAt(secret, secret.length - 1), 'x'];
  const answers = await Promise.all(guesses.map((guess) => byBody(machine, guess)));
  const refusals = answers.map((answer) => {
    assertRefused(answer, 401, 'invalid_client');
    return { body: answer.body, names: Object.keys(answer.headers), length: answer.headers['content-length'] };
  });
  for (const refusal of refusals) assert.deepEqual(refusal, refusals[0]);
});
