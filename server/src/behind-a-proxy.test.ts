// Tests that who stands behind a proxy is known by their own address: in the log, and in whatever is limited by it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { formType } from './testing/application.ts';
import { openTestTenant, type TestTenant } from './testing/tenant.ts';

const proxy = '10.0.0.1';

describe('behind a proxy', () => {
  let tenant: TestTenant;
  before(async () => {
    tenant = await openTestTenant({ trustedProxies: ['10.0.0.0/8'] });
  });
  after(() => tenant.close());

  const guess = (remoteAddress: string, forwarded: string) =>
    tenant.app.inject({
      method: 'POST',
      url: '/activate',
      remoteAddress,
      headers: { host: 'id.example.com', ...formType, 'x-forwarded-for': forwarded },
      payload: 'user_code=BBBB-BBBB',
    });

  async function refusalsOf(remoteAddress: string, forwarded: (n: number) => string): Promise<number> {
    const answers = await Promise.all(Array.from({ length: 15 }, (_, n) => guess(remoteAddress, forwarded(n))));
    return answers.filter(({ statusCode }) => statusCode === 429).length;
  }

  test('one person who guesses does not lock the others out', async () => {
    assert.equal(await refusalsOf(proxy, () => '203.0.113.1'), 5);
    assert.equal((await guess(proxy, '203.0.113.2')).statusCode, 400);
  });

  test('nobody becomes another by writing an address themselves', async () => {
    assert.equal(await refusalsOf(proxy, (n) => `198.51.100.${n}, 203.0.113.3`), 5);
    assert.equal(await refusalsOf('203.0.113.4', (n) => `198.51.100.${n}`), 5);
  });

  test('the log tells who called, and not the proxy', async () => {
    await guess(proxy, '203.0.113.6');
    assert.equal(tenant.events.at(-1)?.ip, '203.0.113.6');
  });

  test('a proxy that nobody named is told of, once, and not whoever wrote the header out there', async () => {
    const told = () => tenant.faults.filter((line) => line.includes('WARIFU_TRUSTED_PROXIES'));
    tenant.app.log.level = 'warn';
    await guess('203.0.113.7', '198.51.100.1');
    await guess(proxy, '198.51.100.1');
    assert.deepEqual(told(), []);
    for (const peer of ['192.168.0.9', '192.168.0.10']) await guess(peer, '198.51.100.1');
    assert.equal(told().length, 1);
    assert.match(told()[0] ?? '', /192\.168\.0\.9/);
  });
});
