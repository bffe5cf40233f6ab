// Tests that an application's keys are found where it publishes them, and that asking for them costs little.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { Client } from '#protocol/client';
import { OutboundFailed, type OutboundRequest } from '#protocol/outbound';
import { clientKeys, encryptionKey } from './client-keys.ts';

const jwks_uri = 'https://app.example.com/jwks.json';
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicJwk = (extra: object = {}) => ({ ...ec.publicKey.export({ format: 'jwk' }), ...extra });

/** An application whose set is served by a function, and the clock that decides how old it is. */
function world(answer: () => { status: number; body: string }) {
  const asked: OutboundRequest[] = [];
  let now = 0;
  const ctx = {
    now: () => now,
    outbound: async (request: OutboundRequest) => {
      asked.push(request);
      return { headers: {}, ...answer() };
    },
  };
  const pass = (seconds: number) => {
    now += seconds * 1000;
  };
  return { ctx, asked, pass };
}

const client = (settings: Partial<Client>) => settings as Client;
const set = (...keys: object[]) => JSON.stringify({ keys });
const kidsOf = (keys: readonly { kid: string | undefined }[]) => keys.map(({ kid }) => kid);

test('a set at an address is fetched once, however many ask at once, and again when it is old', async () => {
  const { ctx, asked, pass } = world(() => ({ status: 200, body: set(publicJwk({ kid: 'a' })) }));
  const all = await Promise.all(Array.from({ length: 20 }, () => clientKeys(ctx, client({ jwks_uri }), 'a')));
  assert.deepEqual(all.map(kidsOf), Array(20).fill(['a']));
  assert.equal(asked.length, 1);
  pass(599);
  await clientKeys(ctx, client({ jwks_uri }), 'a');
  assert.equal(asked.length, 1);
  pass(2);
  await clientKeys(ctx, client({ jwks_uri }), 'a');
  assert.equal(asked.length, 2);
});

test('J11: a thousand unknown kids make one fetch in thirty seconds', async () => {
  const { ctx, asked, pass } = world(() => ({ status: 200, body: set(publicJwk({ kid: 'a' })) }));
  for (let i = 0; i < 1000; i += 1) await clientKeys(ctx, client({ jwks_uri }), `unknown ${i}`);
  assert.equal(asked.length, 1);
  pass(31);
  for (let i = 0; i < 1000; i += 1) await clientKeys(ctx, client({ jwks_uri }), `unknown ${i}`);
  assert.equal(asked.length, 2);
});

test('a key that was published since is found as soon as it is used', async () => {
  let kid = 'old';
  const { ctx, pass } = world(() => ({ status: 200, body: set(publicJwk({ kid })) }));
  await clientKeys(ctx, client({ jwks_uri }), 'old');
  kid = 'new';
  pass(31);
  assert.deepEqual(kidsOf(await clientKeys(ctx, client({ jwks_uri }), 'new')), ['new']);
});

test('J11: while the address doesn’t answer, the keys that were known go on being used', async () => {
  let failing = false;
  const { ctx, pass } = world(() => {
    if (failing) throw new OutboundFailed('down');
    return { status: 200, body: set(publicJwk({ kid: 'a' })) };
  });
  await clientKeys(ctx, client({ jwks_uri }), 'a');
  failing = true;
  pass(3600);
  assert.deepEqual(kidsOf(await clientKeys(ctx, client({ jwks_uri }), 'a')), ['a']);
});

test('an answer that is no set gives no keys, and nothing is thrown', async () => {
  for (const answer of [
    { status: 404, body: set(publicJwk()) },
    { status: 302, body: '' },
    { status: 200, body: '<html>' },
    { status: 200, body: '{"keys":{}}' },
    { status: 200, body: '{"keys":[null,1,"x",{"kty":"??"},{"kty":"RSA"}]}' },
  ]) {
    assert.deepEqual(await clientKeys(world(() => answer).ctx, client({ jwks_uri })), []);
  }
});

test('what isn’t public is no key of an application’s set: neither a secret nor a private key', async () => {
  const { ctx } = world(() => ({ status: 500, body: '' }));
  const keys = [{ kty: 'oct', k: 'AAAA' }, ec.privateKey.export({ format: 'jwk' })] as Record<string, unknown>[];
  assert.deepEqual(await clientKeys(ctx, client({ jwks: { keys } })), []);
});

test('of several credentials those that have not expired are used', async () => {
  const { ctx, pass } = world(() => ({ status: 500, body: '' }));
  const pem = ec.publicKey.export({ format: 'pem', type: 'spki' }) as string;
  const credential = { credential_type: 'public_key', pem } as const;
  const credentials = [
    { ...credential, id: '1', kid: 'old', expires_at: 60_000 },
    { ...credential, id: '2', kid: 'new' },
  ];
  assert.deepEqual(kidsOf(await clientKeys(ctx, client({ credentials }))), ['old', 'new']);
  pass(60);
  assert.deepEqual(kidsOf(await clientKeys(ctx, client({ credentials }))), ['new']);
});

test('a key for signatures encrypts nothing, and one for encryption signs nothing', async () => {
  const { ctx } = world(() => ({ status: 500, body: '' }));
  const keys = [publicJwk({ kid: 'sig', use: 'sig' }), publicJwk({ kid: 'enc', use: 'enc' })];
  const application = client({ jwks: { keys } });
  assert.equal((await encryptionKey(ctx, application, 'ECDH-ES'))?.kid, 'enc');
  assert.equal(await encryptionKey(ctx, application, 'RSA-OAEP-256'), undefined);
  const verifying = await clientKeys(ctx, application);
  assert.deepEqual(
    verifying.map(({ kid, algorithms }) => [kid, algorithms.length > 0]),
    [
      ['sig', true],
      ['enc', false],
    ],
  );
});
