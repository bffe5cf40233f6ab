// Tests the keys that sign: the next one is there before it is needed, and what is revoked signs and proves no more.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

type Key = Readonly<Record<string, string | boolean>>;
const list = async (): Promise<readonly Key[]> => (await api.get('/keys/signing')).body;
const published = async (): Promise<readonly string[]> => {
  const answer = await tenant.app.inject({ url: '/.well-known/jwks.json', headers: { host: 'id.example.com' } });
  return answer.json().keys.map(({ kid }: { kid: string }) => kid);
};

test('there is a current key and the next one, both published, and nothing private of them is told', async () => {
  const keys = await list();
  assert.equal(keys.filter(({ current }) => current).length, 1);
  assert.equal(keys.filter(({ next }) => next).length, 1);
  const kids = await published();
  for (const { kid } of keys) assert.ok(kids.includes(String(kid)));
  assert.doesNotMatch(JSON.stringify(keys), /PRIVATE|"d":/);
});

test('rotation makes the next key the current one, and the one before stays until it is revoked', async () => {
  const before = await list();
  const next = before.find((key) => key['next'])?.['kid'];
  const current = before.find((key) => key['current'])?.['kid'];
  assert.equal((await api.post('/keys/signing/rotate')).status, 201);
  const after = await list();
  assert.equal(after.find((key) => key['current'])?.['kid'], next);
  assert.ok((await published()).includes(String(current)));
  const renewed = await TestManagement.open(tenant);
  assert.equal((await renewed.send('PUT', `/keys/signing/${current}/revoke`)).status, 200);
  assert.ok(!(await published()).includes(String(current)));
  assert.equal((await api.get('/keys/signing')).status, 401);
  assert.equal((await renewed.get('/keys/signing')).status, 200);
});

test('one that is not there is missing', async () => {
  const renewed = await TestManagement.open(tenant);
  assert.equal((await renewed.get('/keys/signing/nothing')).status, 404);
  assert.equal((await renewed.send('PUT', '/keys/signing/nothing/revoke')).body.errorCode, 'inexistent_signing_key');
});
