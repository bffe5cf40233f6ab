// Tests that secrets don't get into logs: planted at any depth, under any name of the list, in any spelling.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mask, redact, redactAll, redactText } from './redaction.ts';

/** A generator of numbers from 0 to 1 that a seed determines. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const secretNames = [
  ...['password', 'client_secret', 'clientSecret', 'secrets', 'credentials', 'private_key', 'apiKey', 'api_key'],
  ...[
    'signing_keys',
    'access_token',
    'refresh_token',
    'id_token',
    'token',
    'datadogApiKey',
    'splunkToken',
    'smtp_pass',
  ],
  ...['segmentWriteKey', 'mixpanelServiceAccountPassword', 'httpAuthorization', 'aws_secret_access_key', 'auth_token'],
  ...[
    'custom_password_hash',
    'app_secret',
    'consumerSecret',
    'secretAccessKey',
    'Set-Cookie',
    'recovery_code',
    'ticket',
  ],
  ...['invitation_url', 'twilio_token', 'mfa_secret', 'd', 'setup', 'server_key', 'webhook_authorization', 'jwt'],
] as const;
const plainNames = [
  'name',
  'email',
  'token_lifetime',
  'description',
  'id',
  'grant_types',
  'secretary',
  'tokenizer',
] as const;

/** JSON with secrets planted in it; every secret begins with «planted», nothing else does. */
function planted(random: () => number, depth = 0): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  if (depth > 3 || random() < 0.2) return pick(['plain', 7, true, null]);
  if (random() < 0.3) return [planted(random, depth + 1), planted(random, depth + 1)];
  const members: [string, unknown][] = plainNames
    .filter(() => random() < 0.5)
    .map((name) => [name, planted(random, depth + 1)]);
  const name = pick(secretNames);
  const spelled = pick([name, name.toUpperCase(), name.replaceAll('_', '-')]);
  const isToken = /token$/i.test(name);
  const secret = `planted-${random()}`;
  const holder =
    isToken || random() < 0.5 ? secret : pick<unknown>([[secret], { key: secret, kept: true }, [{ value: secret }]]);
  return Object.fromEntries([...members, [spelled, holder]]);
}

test('no secret passes, wherever it is planted, and what is none does', () => {
  for (let seed = 1; seed <= 2000; seed += 1) {
    const body = { outer: planted(chance(seed)), name: 'plain' };
    const redacted = JSON.stringify(redact(body));
    assert.ok(!redacted.includes('planted'), JSON.stringify(body));
    assert.equal((redacted.match(/plain/g) ?? []).length, (JSON.stringify(body).match(/plain/g) ?? []).length);
  }
});

test('settings whose names are those of tokens are told, but not the tokens', () => {
  const body = { refresh_token: { rotation_type: 'rotating', leeway: 0 }, tokens: [{ id: 'tok_1', token: 'SECRET' }] };
  assert.deepEqual(redact(body), { ...body, tokens: [{ id: 'tok_1', token: mask }] });
});

test('flags and what is empty stay what they are', () => {
  const body = {
    password: null,
    secret: '',
    credentials: { enabled: true },
    change_password: { enabled: true, html: '<p>' },
  };
  assert.deepEqual(redact(body), body);
});

test("a database connection's configuration is masked, whatever its members are called", () => {
  assert.deepEqual(redact({ options: { configuration: { greeting: 'hello' }, strategy_version: 2 } }), {
    options: { configuration: { greeting: mask }, strategy_version: 2 },
  });
});

test('a text that is a secret by its form is masked whatever holds it', () => {
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';
  assert.equal(redactText(`got ${jwt}!`), `got ${mask}!`);
  assert.equal(redactText('Authorization: Bearer abcdefgh12345'), `Authorization: Bearer ${mask}`);
  assert.equal(redactText('https://x.example/u/reset?ticket=abc#'), `https://x.example/u/reset?ticket=${mask}#`);
  assert.equal(redactText('postgres://user:hunter2@db.example/x'), `postgres://user:${mask}@db.example/x`);
  const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----';
  assert.deepEqual(redact([{ note: `see ${pem}` }]), [{ note: `see ${mask}` }]);
  assert.equal(redactText('https://example.com/callback?state=1'), 'https://example.com/callback?state=1');
});

test('of a body that is nothing but secrets only the names are left', () => {
  assert.deepEqual(redactAll({ A: 'x', B: { C: 1 }, D: null }), { A: mask, B: { C: mask }, D: null });
});

test('what is long or deep is cut', () => {
  assert.equal((redact('x'.repeat(10_000)) as string).length, 2001);
  assert.equal((redact(Array.from({ length: 1000 }, () => 1)) as unknown[]).length, 200);
  let deep: unknown = 'bottom';
  for (let level = 0; level < 5000; level += 1) deep = { deep };
  assert.ok(!JSON.stringify(redact(deep)).includes('bottom'));
});
