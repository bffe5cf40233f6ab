// Owns the reading of XML documents into elements: as much of XML 1.0 as metadata and assertions use, and nothing that is dangerous.

export interface XmlElement {
  /** Without the prefix. */
  readonly name: string;
  /** By their names, with prefixes. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Its own, without that of its children. */
  readonly text: string;
}

/** The text is no XML document, or one that says more than it may. */
export class MalformedXml extends Error {
  override name = 'MalformedXml';
}

const deepest = 64;
const longest = 1_000_000;

const predefined: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function entity(whole: string, name: string): string {
  if (Object.hasOwn(predefined, name)) return predefined[name] as string;
  const point = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  if (!name.startsWith('#') || !(point > 0 && point <= 0x10ffff)) throw new MalformedXml(`Unknown entity ${whole}`);
  return String.fromCodePoint(point);
}

function decode(text: string): string {
  return text.replace(/&([^;\s&]{1,12});/g, entity);
}

const attribute = /\s+([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/gy;

function attributesOf(source: string): Map<string, string> {
  const attributes = new Map<string, string>();
  attribute.lastIndex = 0;
  let end = 0;
  for (let match = attribute.exec(source); match; match = attribute.exec(source)) {
    const [, name = '', double, single] = match;
    if (attributes.has(name)) throw new MalformedXml(`The attribute ${name} comes twice`);
    attributes.set(name, decode(double ?? single ?? ''));
    end = attribute.lastIndex;
  }
  if (source.slice(end).trim() !== '') throw new MalformedXml('An attribute is malformed');
  return attributes;
}

interface Open {
  readonly tag: string;
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/** Comments, instructions, CDATA, tags and text, one after the other. */
const token =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<\/([^\s<>/]+)\s*>|<([^\s<>/!?]+)((?:[^<>"']|"[^"]*"|'[^']*')*?)(\/?)>|([^<]+)/gy;

/** Reads a document. Document types, by which entities are declared, are refused. Throws MalformedXml. */
export function parseXml(source: string): XmlElement {
  if (source.length > longest) throw new MalformedXml('The document is too long');
  const root: Open = { tag: '', name: '', attributes: new Map(), children: [], text: '' };
  const open: Open[] = [root];
  token.lastIndex = 0;
  while (token.lastIndex < source.length) {
    const match = token.exec(source);
    if (!match) throw new MalformedXml('The document is malformed');
    take(open, match);
  }
  const [element, ...more] = root.children;
  if (open.length > 1 || !element || more.length > 0) throw new MalformedXml('The document has no single element');
  return element;
}

function take(open: Open[], [, literal, closing, opening, rest = '', alone, text]: RegExpExecArray): void {
  const current = open.at(-1) as Open;
  if (literal !== undefined) current.text += literal;
  else if (text !== undefined) current.text += decode(text);
  else if (closing !== undefined) close(open, closing);
  else if (opening !== undefined) {
    if (open.length > deepest) throw new MalformedXml('The document is nested too deep');
    const name = opening.slice(opening.indexOf(':') + 1);
    open.push({ tag: opening, name, attributes: attributesOf(rest), children: [], text: '' });
    if (alone) close(open, opening);
  }
}

function close(open: Open[], tag: string): void {
  const element = open.pop() as Open;
  if (open.length === 0 || element.tag !== tag)
    throw new MalformedXml(`The element ${tag} ends where it has not begun`);
  (open.at(-1) as Open).children.push(element);
}

/** Every element of a name within another one, in the order of the document. */
export function elementsOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...elementsOf(child, name)]);
}
