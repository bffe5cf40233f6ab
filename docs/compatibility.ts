// Owns the tables of endpoints in docs/compatibility.md and its translation: `node docs/compatibility.ts` writes them anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '../server/src/management/resource.ts';
import { resources } from '../server/src/management/resources.ts';

interface Words {
  readonly method: string;
  readonly path: string;
  readonly scopes: string;
  readonly or: string;
  readonly and: string;
  /** Before the scopes by which people do it to themselves. */
  readonly oneself: string;
  readonly anyToken: string;
}

/** The document of each language, and the words of its tables. */
export const documents: Readonly<Record<string, Words>> = {
  'compatibility.md': {
    method: 'method',
    path: 'path',
    scopes: 'scopes',
    or: ' or ',
    and: ' and ',
    oneself: 'for oneself',
    anyToken: 'every token',
  },
  'compatibility.ja.md': {
    method: 'メソッド',
    path: 'パス',
    scopes: 'スコープ',
    or: ' または ',
    and: ' と ',
    oneself: '自分自身については',
    anyToken: 'どのトークンでも可',
  },
};

const begin = '<!-- endpoints: written by docs/compatibility.ts -->';
const end = '<!-- /endpoints -->';

const code = (text: string) => `\`${text}\``;

function scopesText({ scopes, everyScope = false, selfScopes = [] }: Endpoint, words: Words): string {
  if (scopes.length === 0) return words.anyToken;
  const own = selfScopes.length === 0 ? [] : [`${words.oneself} ${selfScopes.map(code).join(words.or)}`];
  return [scopes.map(code).join(everyScope ? words.and : words.or), ...own].join('; ');
}

function tables(words: Words): string {
  const heading = `| ${words.method} | ${words.path} | ${words.scopes} |\n| --- | --- | --- |`;
  const byName = resources.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const parts = byName.map(({ name, endpoints }) => {
    const rows = endpoints.map((each) => `| ${each.method} | ${code(each.path)} | ${scopesText(each, words)} |`);
    return `### ${name}\n\n${heading}\n${rows.join('\n')}`;
  });
  return parts.join('\n\n');
}

export function textOf(document: string): string {
  return readFileSync(join(import.meta.dirname, document), 'utf8');
}

/** A document without its tables: what people wrote. */
export function proseOf(document: string): string {
  const text = textOf(document);
  return text.slice(0, text.indexOf(begin)) + text.slice(text.indexOf(end));
}

/** A document with the tables as they must be now. Throws for one that has no place for them. */
export function withTables(document: string): string {
  const text = textOf(document);
  const words = documents[document];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (!words || from === -1 || to < from) throw new Error(`${document} has no place for the tables of endpoints.`);
  return `${text.slice(0, from)}${begin}\n\n${tables(words)}\n\n${text.slice(to)}`;
}

if (import.meta.main) {
  for (const document of Object.keys(documents)) {
    writeFileSync(join(import.meta.dirname, document), withTables(document));
    console.log(`docs/${document} is written.`);
  }
}
