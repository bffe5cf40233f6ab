// Owns distinguished names: their text form and when two of them are one (RFC 4514, RFC 4518, RFC 5280 §7.1).

/** One attribute of a name: its type as a dotted OID, and its value as text, as DER in hexadecimal, or both. */
export interface NameAttribute {
  readonly type: string;
  readonly text?: string | undefined;
  readonly der?: string | undefined;
}

/** In the order of the certificate; each relative name is a set, nearly always of one attribute. */
export type DistinguishedName = readonly (readonly NameAttribute[])[];

/** RFC 4514 §3, RFC 4519, and what certificates of clients often have besides. */
const types: ReadonlyMap<string, string> = new Map(
  Object.entries({
    cn: '2.5.4.3',
    sn: '2.5.4.4',
    serialnumber: '2.5.4.5',
    c: '2.5.4.6',
    l: '2.5.4.7',
    st: '2.5.4.8',
    s: '2.5.4.8',
    street: '2.5.4.9',
    o: '2.5.4.10',
    ou: '2.5.4.11',
    t: '2.5.4.12',
    title: '2.5.4.12',
    businesscategory: '2.5.4.15',
    postalcode: '2.5.4.17',
    gn: '2.5.4.42',
    givenname: '2.5.4.42',
    organizationidentifier: '2.5.4.97',
    uid: '0.9.2342.19200300.100.1.1',
    dc: '0.9.2342.19200300.100.1.25',
    emailaddress: '1.2.840.113549.1.9.1',
    e: '1.2.840.113549.1.9.1',
    jurisdictionl: '1.3.6.1.4.1.311.60.2.1.1',
    jurisdictionst: '1.3.6.1.4.1.311.60.2.1.2',
    jurisdictionc: '1.3.6.1.4.1.311.60.2.1.3',
  }),
);

const name = /^ *([A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)+) *= */;
const value = /^(?:#(?:[0-9a-fA-F]{2})+ *|(?!#)(?:\\(?:[0-9a-fA-F]{2}|[ "#+,;<=>\\])|[^\\"+,;<>\0])*)(?=[,+;]|$)/;
const valueToken = /\\[0-9a-fA-F]{2}|\\.|[^\\]/gsu;

/** Pairs of digits are octets of UTF-8; spaces at the ends that are not escaped don't count (RFC 4514 §2.4, §3). */
function decodeValue(written: string): string | undefined {
  const tokens = written.match(valueToken) ?? [];
  const end = tokens.findLastIndex((token) => token !== ' ') + 1;
  const encoder = new TextEncoder();
  const bytes = tokens.slice(0, end).flatMap((token) => {
    if (token.length === 3 && token.startsWith('\\')) return [Number.parseInt(token.slice(1), 16)];
    return [...encoder.encode(token.startsWith('\\') ? token.slice(1) : token)];
  });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

/** The attribute that a text begins with, and what comes after it; undefined when it begins with none. */
function readAttribute(text: string): { readonly attribute: NameAttribute; readonly rest: string } | undefined {
  const [head = '', named = ''] = name.exec(text) ?? [];
  const type = /^[0-9]/.test(named) ? named : types.get(named.toLowerCase());
  const [written] = value.exec(text.slice(head.length)) ?? [];
  if (type === undefined || written === undefined) return undefined;
  const rest = text.slice(head.length + written.length);
  if (written.startsWith('#')) return { attribute: { type, der: written.slice(1).trim().toLowerCase() }, rest };
  const decoded = decodeValue(written);
  return decoded === undefined ? undefined : { attribute: { type, text: decoded }, rest };
}

/** Reads the text form, which begins with the end of the name; undefined when it isn't one. */
export function parseDistinguishedName(text: string): DistinguishedName | undefined {
  if (text.length > 4096) return undefined;
  const names: NameAttribute[][] = [];
  let separator = ',';
  for (let rest = text; separator !== ''; ) {
    const read = readAttribute(rest);
    if (!read) return undefined;
    if (separator === '+') names.at(-1)?.push(read.attribute);
    else names.push([read.attribute]);
    separator = read.rest.slice(0, 1);
    rest = read.rest.slice(1);
  }
  return names.reverse();
}

/** RFC 4518, as far as it makes a difference for names: case, width and spaces don't. */
function prepare(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/g, ' ').trim();
}

function sameAttribute(a: NameAttribute, b: NameAttribute): boolean {
  if (a.type !== b.type) return false;
  if (a.text !== undefined && b.text !== undefined) return prepare(a.text) === prepare(b.text);
  return a.der !== undefined && a.der === b.der;
}

function sameSet(a: readonly NameAttribute[], b: readonly NameAttribute[]): boolean {
  const left = [...b];
  return (
    a.length === b.length &&
    a.every((one) => {
      const at = left.findIndex((other) => sameAttribute(one, other));
      if (at !== -1) left.splice(at, 1);
      return at !== -1;
    })
  );
}

/** Whether two names are one: the same relative names in the same order. A name of nothing is nobody's. */
export function sameDistinguishedName(a: DistinguishedName, b: DistinguishedName): boolean {
  return a.length > 0 && a.length === b.length && a.every((relative, at) => sameSet(relative, b[at] ?? []));
}
