// Owns the reading of DER, as far as certificates need it (X.690 §8.1, §10.1).

export interface DerElement {
  /** The whole identifier octet. */
  readonly tag: number;
  readonly content: Uint8Array;
  /** With identifier and length. */
  readonly whole: Uint8Array;
}

export class DerMalformed extends Error {
  override name = 'DerMalformed';
}

function lengthAt(bytes: Uint8Array, at: number): { readonly length: number; readonly start: number } {
  const first = bytes[at];
  if (first === undefined) throw new DerMalformed('cut short');
  if (first < 0x80) return { length: first, start: at + 1 };
  const count = first - 0x80;
  if (count < 1 || count > 4 || at + count >= bytes.length) throw new DerMalformed('a length that DER does not have');
  const length = bytes.subarray(at + 1, at + 1 + count).reduce((sum, octet) => sum * 256 + octet, 0);
  return { length, start: at + 1 + count };
}

/** The elements that stand one after the other in some bytes. Throws DerMalformed. */
export function readElements(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] as number;
    if ((tag & 0x1f) === 0x1f) throw new DerMalformed('a tag of several octets');
    const { length, start } = lengthAt(bytes, at + 1);
    const end = start + length;
    if (end > bytes.length) throw new DerMalformed('cut short');
    elements.push({ tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) });
    at = end;
  }
  return elements;
}

/** An OBJECT IDENTIFIER's content in dotted form (X.690 §8.19). */
export function readOid(content: Uint8Array): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of content) {
    arc = arc * 128 + (octet & 0x7f);
    if (octet & 0x80) continue;
    if (arcs.length === 0) {
      const root = Math.min(Math.floor(arc / 40), 2);
      arcs.push(root, arc - root * 40);
    } else arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
}
