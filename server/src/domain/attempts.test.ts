// Tests whose attempts count together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBlock } from './attempts.ts';

test('an IPv4 address counts by itself, however it is written', () => {
  assert.equal(addressBlock('203.0.113.7'), '203.0.113.7');
  assert.equal(addressBlock('::ffff:203.0.113.7'), '203.0.113.7');
});

test('the addresses of one IPv6 network count together, and others do not', () => {
  for (const ip of [
    '2001:db8:0:1::1',
    '2001:0DB8:0:1:ffff:ffff:ffff:ffff',
    '2001:db8::1:0:0:0:9',
    '2001:db8:0:1::%eth0',
  ]) {
    assert.equal(addressBlock(ip), '2001:db8:0:1::/64', ip);
  }
  assert.equal(addressBlock('2001:db8:0:2::1'), '2001:db8:0:2::/64');
  assert.equal(addressBlock('::1'), '0:0:0:0::/64');
});
