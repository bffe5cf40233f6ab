import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EventStreamParser } from './event-stream.ts';
import type { Fingerprint } from './fingerprints.ts';
import { RevocationTable } from './revocation-table.ts';

const print = fc.tuple(fc.integer({ min: 0, max: 130 }), fc.integer({ min: 0, max: 3 }));
const fact = fc.record({
  print,
  position: fc.integer({ min: 1, max: 2 ** 50 }),
  expires: fc.integer({ min: 0, max: 200 }),
});

interface TestFact {
  readonly print: Fingerprint;
  readonly position: number;
  readonly expires: number;
}

function _mapOf(facts: readonly TestFact[]): Map<string, TestFact> {
  const map = new Map<string, TestFact>();
  for (const fact of facts) {
    const known = map.get(String(fact.print)) ?? fact;
    const position = Math.max(fact.position, known.position);
    map.set(String(fact.print), { print: fact.print, position, expires: Math.max(fact.expires, known.expires) });
  }
  return map;
}

interface TestFact {
  readonly print: Fingerprint;
  readonly position: number;
  readonly expires: number;
}

function mapOf(facts: readonly TestFact[]): Map<string, TestFact> {
  const map = new Map<string, TestFact>();
  for (const each of facts) {
    const known = map.get(String(each.print)) ?? each;
    const position = Math.max(each.position, known.position);
    map.set(String(each.print), { print: each.print, position, expires: Math.max(each.expires, known.expires) });
  }
  return map;
}

test('the table answers as a plain map does, whatever is added and swept', () => {
  fc.assert(
    fc.property(fc.array(fact, { maxLength: 300 }), fc.integer({ min: 0, max: 200 }), (facts, now) => {
      const table = new RevocationTable();
      const map = mapOf(facts);
      for (const { print: own, position, expires } of facts) table.add(own, position, expires, 0);
      const alive = [...map.values()].filter(({ expires }) => expires > 0);
      for (const { print: own, position } of alive) assert.equal(table.positionOf(own), position);
      for (let turn = 0; turn < 64; turn += 1) table.sweep(turn, now);
      for (const { print: own, position, expires } of map.values()) {
        assert.equal(table.positionOf(own), expires > now ? position : 0);
      }
      assert.equal(table.size, [...map.values()].filter(({ expires }) => expires > now).length);
    }),
  );
});

test('a million facts take less than 64 megabytes, and each is found', () => {
  const table = new RevocationTable();
  const printAt = (index: number): Fingerprint => [
    Math.imul(index, 0x9e3779b1) >>> 0,
    Math.imul(index, 0x85ebca6b) >>> 0,
  ];
  for (let index = 1; index <= 1_000_000; index += 1) table.add(printAt(index), index, 1000, 0);
  assert.equal(table.size, 1_000_000);
  assert.ok(table.bytes < 64 * 1024 * 1024, `${table.bytes} bytes`);
  for (let index = 1; index <= 1_000_000; index += 997) assert.equal(table.positionOf(printAt(index)), index);
  assert.equal(table.positionOf([1, 2]), 0);
});

test('the parser gives the same events however a stream is cut', () => {
  const stream = ':hi\r\nid: 1\nevent: a\ndata: x\r\ndata:y\r\rdata\n\nevent: b\ndata: z\n\n';
  const whole = new EventStreamParser().push(stream);
  assert.deepEqual(
    whole.map(({ event, data }) => [event, data]),
    [
      ['a', 'x\ny'],
      ['message', ''],
      ['b', 'z'],
    ],
  );
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
      const parser = new EventStreamParser();
      const events = places.slice(1).flatMap((end, index) => parser.push(stream.slice(places[index], end)));
      assert.deepEqual(events, whole);
    }),
  );
});

test('an event that never ends is too long one day', () => {
  const parser = new EventStreamParser();
  assert.throws(() => {
    for (;;) parser.push(`data: ${'x'.repeat(100_000)}\n`);
  }, RangeError);
});
