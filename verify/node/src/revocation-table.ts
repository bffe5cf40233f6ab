// Owns the facts of the revocation feed in memory: a million of them in some fifty megabytes, each found in a moment.
import type { Fingerprint } from './fingerprints.ts';

/** A part of the table, which grows by itself: so never all of it is there twice. */
interface Shard {
  size: number;
  /** Two numbers a place: a fingerprint. */
  prints: Uint32Array<ArrayBuffer>;
  /** 0 where the place is free. */
  positions: Float64Array<ArrayBuffer>;
  /** Epoch seconds. */
  expiries: Uint32Array<ArrayBuffer>;
}

const shardCount = 64;
const firstPlaces = 16;
const mostFilled = 0.75;
const latest = 0xffff_ffff;

function emptyShard(places: number): Shard {
  return {
    size: 0,
    prints: new Uint32Array(places * 2),
    positions: new Float64Array(places),
    expiries: new Uint32Array(places),
  };
}

/** The place of a fingerprint, or the free one where it belongs. */
function placeOf({ prints, positions }: Shard, [high, low]: Fingerprint): number {
  const mask = positions.length - 1;
  for (let place = low & mask; ; place = (place + 1) & mask) {
    if (positions[place] === 0 || (prints[place * 2] === high && prints[place * 2 + 1] === low)) return place;
  }
}

function write(shard: Shard, print: Fingerprint, position: number, expires: number): void {
  const place = placeOf(shard, print);
  if (shard.positions[place] === 0) {
    shard.size += 1;
    [shard.prints[place * 2], shard.prints[place * 2 + 1]] = print;
  }
  shard.positions[place] = Math.max(shard.positions[place] as number, position);
  shard.expiries[place] = Math.max(shard.expiries[place] as number, Math.min(expires, latest));
}

/** A copy with the facts that still matter, and room for more. */
function rewritten(old: Shard, now: number): Shard {
  let alive = 0;
  for (let place = 0; place < old.positions.length; place += 1) {
    if (old.positions[place] !== 0 && (old.expiries[place] as number) > now) alive += 1;
  }
  let places = firstPlaces;
  while (alive + 1 > places * mostFilled) places *= 2;
  const shard = emptyShard(places);
  for (let place = 0; place < old.positions.length; place += 1) {
    const expires = old.expiries[place] as number;
    if (old.positions[place] === 0 || expires <= now) continue;
    const print: Fingerprint = [old.prints[place * 2] as number, old.prints[place * 2 + 1] as number];
    write(shard, print, old.positions[place] as number, expires);
  }
  return shard;
}

export class RevocationTable {
  readonly #shards: Shard[] = Array.from({ length: shardCount }, () => emptyShard(firstPlaces));

  /** How many facts there are, those that have expired and weren't dropped yet among them. */
  get size(): number {
    return this.#shards.reduce((sum, shard) => sum + shard.size, 0);
  }

  /** Bytes of memory. */
  get bytes(): number {
    return this.#shards.reduce((sum, shard) => sum + shard.positions.length * 20, 0);
  }

  /** Keeps a fact; of one that is there already the greatest position and the latest expiry count. */
  add(print: Fingerprint, position: number, expires: number, now: number): void {
    const index = print[0] % shardCount;
    let shard = this.#shards[index] as Shard;
    if (shard.size + 1 > shard.positions.length * mostFilled) {
      shard = rewritten(shard, now);
      this.#shards[index] = shard;
    }
    write(shard, print, position, expires);
  }

  /** Where in the feed a fact last came about; 0 when it isn't there. */
  positionOf(print: Fingerprint): number {
    const shard = this.#shards[print[0] % shardCount] as Shard;
    return shard.positions[placeOf(shard, print)] as number;
  }

  /** Drops the facts that concern no living token, a part of the table at a time: `turn` says which. */
  sweep(turn: number, now: number): void {
    const index = turn % shardCount;
    this.#shards[index] = rewritten(this.#shards[index] as Shard, now);
  }
}
