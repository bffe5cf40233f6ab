// Owns Whirlpool (ISO/IEC 10118-3), which OpenSSL has no more and old password databases still have. Never used to make a hash.

/** The two mini-boxes of which the substitution box is made. */
const exponential = [1, 11, 9, 12, 13, 6, 15, 3, 14, 8, 7, 4, 10, 2, 5, 0];
const random = [7, 12, 11, 13, 14, 4, 9, 15, 6, 3, 8, 10, 2, 5, 1, 0];
const nibble = (box: readonly number[], at: number) => box[at] as number;

const substitution = Uint8Array.from({ length: 256 }, (_, value) => {
  const high = nibble(exponential, value >> 4);
  const low = exponential.indexOf(value & 15);
  const middle = nibble(random, high ^ low);
  return (nibble(exponential, high ^ middle) << 4) | exponential.indexOf(low ^ middle);
});

/** In GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1. */
function multiply(value: number, by: number): number {
  let [product, factor] = [0, value];
  for (let rest = by; rest > 0; rest >>= 1) {
    if (rest & 1) product ^= factor;
    factor = (factor << 1) ^ (factor & 0x80 ? 0x11d : 0);
  }
  return product;
}

/** The first row of the circulant diffusion matrix. */
const diffusion = [1, 1, 4, 1, 8, 5, 2, 9];
const multiples = new Map(
  diffusion.map((by) => [by, Uint8Array.from({ length: 256 }, (_, value) => multiply(value, by))]),
);
const rounds = 10;

/** Substitution, cyclical shift of the columns, diffusion of the rows, and the key, on a matrix of 8 × 8 bytes. */
function round(state: Uint8Array, key: Uint8Array): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(64);
  for (let row = 0; row < 8; row += 1) {
    for (let column = 0; column < 8; column += 1) {
      let sum = key[row * 8 + column] as number;
      for (let at = 0; at < 8; at += 1) {
        const shifted = substitution[state[((row - at + 8) % 8) * 8 + at] as number] as number;
        sum ^= (multiples.get(diffusion[(column - at + 8) % 8] as number) as Uint8Array)[shifted] as number;
      }
      next[row * 8 + column] = sum;
    }
  }
  return next;
}

function withBlock(hash: Uint8Array, block: Uint8Array): Uint8Array {
  let key: Uint8Array = hash;
  let state: Uint8Array = block.map((byte, at) => byte ^ (hash[at] as number));
  for (let index = 0; index < rounds; index += 1) {
    const constant = new Uint8Array(64);
    constant.set(substitution.subarray(index * 8, index * 8 + 8));
    key = round(key, constant);
    state = round(state, key);
  }
  return hash.map((byte, at) => byte ^ (state[at] as number) ^ (block[at] as number));
}

export function whirlpool(data: Uint8Array): Buffer {
  // The length takes 256 bits at the end of the last block.
  const padded = Buffer.alloc(Math.ceil((data.length + 33) / 64) * 64);
  padded.set(data);
  padded[data.length] = 0x80;
  padded.writeBigUInt64BE(BigInt(data.length) * 8n, padded.length - 8);
  let hash: Uint8Array = new Uint8Array(64);
  for (let at = 0; at < padded.length; at += 64) hash = withBlock(hash, padded.subarray(at, at + 64));
  return Buffer.from(hash);
}
