// Tests whom a request is from behind proxies: what each hop that is believed says of the one before, and nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TrustedProxies } from './proxies.ts';

const proxies = new TrustedProxies(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32']);

const clientOf = (remoteAddress: string | undefined, forwarded?: string) =>
  proxies.clientOf({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  });

test('who is no proxy of ours is the client, whatever they write', () => {
  assert.equal(clientOf('198.51.100.7'), '198.51.100.7');
  assert.equal(clientOf('198.51.100.7', '203.0.113.9'), '198.51.100.7');
  assert.equal(clientOf('::ffff:198.51.100.7', '203.0.113.9'), '198.51.100.7');
});

test('a proxy of ours is believed about who was before it, and what the client wrote is not reached', () => {
  assert.equal(clientOf('10.0.0.1', '203.0.113.9'), '203.0.113.9');
  assert.equal(clientOf('::ffff:10.0.0.1', '1.2.3.4, 203.0.113.9'), '203.0.113.9');
  assert.equal(clientOf('2001:db8::5', '1.2.3.4,203.0.113.9 , 10.0.0.2,192.0.2.1'), '203.0.113.9');
});

test('addresses are read with brackets and ports, as some proxies write them', () => {
  assert.equal(clientOf('10.0.0.1', '203.0.113.9:4711'), '203.0.113.9');
  assert.equal(clientOf('10.0.0.1', '[2001:db9::1]:4711'), '2001:db9::1');
  assert.equal(clientOf('10.0.0.1', '2001:db9::1'), '2001:db9::1');
  assert.equal(clientOf('10.0.0.1', '::ffff:203.0.113.9'), '203.0.113.9');
});

test('what is no address is nobody: the proxy stands for itself', () => {
  for (const forwarded of ['', 'unknown', '203.0.113.9, unknown', '<script>', '1.2.3.4.5', '10.0.0.0/8', '_hidden']) {
    assert.equal(clientOf('10.0.0.1', forwarded), '10.0.0.1', forwarded);
  }
  assert.equal(clientOf(undefined, '203.0.113.9'), '');
});

test('nobody can choose their own address: the last hop that is not ours decides', () => {
  const outside = fc.ipV4().filter((address) => !proxies.includes(address));
  const hops = fc.array(
    fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string().map((text) => text.replaceAll(',', '')),
    ),
    { maxLength: 5 },
  );
  const inside = fc.array(
    fc.nat(255).map((n) => `10.0.${n}.1`),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(outside, hops, inside, (client, written, passed) => {
      const [last = client, ...before] = [client, ...passed].reverse();
      const forwarded = [...written, ...before.reverse()].join(', ');
      assert.equal(clientOf(last, forwarded), client);
    }),
  );
});
