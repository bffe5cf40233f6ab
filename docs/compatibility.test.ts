// Tests that the documents about compatibility say what the Management API is: its endpoints, members and gaps.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint } from '../server/src/management/resource.ts';
import { resources } from '../server/src/management/resources.ts';
import { documents, proseOf, textOf, withTables } from './compatibility.ts';

const names = Object.keys(documents);
const endpoints = resources.flatMap((resource) => resource.endpoints);
const shapeOf = (path: string) => path.replaceAll(/\{\w+\}/g, '{}');
const served = new Set(endpoints.map(({ method, path }) => `${method} ${shapeOf(path)}`));

/** What stands between backticks, in order. */
function codesIn(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => String(code));
}

/** A part of a document, which its number tells: the headings are in its language. */
function section(document: string, number: number): string {
  return proseOf(document).split(/^## /m)[number] ?? '';
}

/** What is told, and cannot be sent. */
const toldOnly = ['location_info', 'organization_name', 'organization_id', 'leaked_passwords'];

/** The names of all that may be sent, and the values that are listed, at whatever depth. */
function membersOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, enum: values = [] } = schema as { properties?: object; enum?: readonly unknown[] };
  return [...Object.keys(properties), ...values.map(String), ...Object.values(schema).flatMap(membersOf)];
}

function sendable(endpoints: readonly Endpoint[]): Set<string> {
  const all = endpoints.flatMap(({ query = {}, body }) => [...Object.keys(query), ...membersOf([query, body])]);
  return new Set([...all, ...toldOnly]);
}

for (const document of names) {
  test(`docs/${document} lists the endpoints that there are (\`node docs/compatibility.ts\` writes them)`, () => {
    assert.equal(textOf(document), withTables(document));
  });

  test(`docs/${document} speaks of no effect of members that nobody can send, nor of resources that aren't there`, () => {
    const rows = section(document, 1).match(/^\| \[.*$/gm) ?? [];
    assert.ok(rows.length > 20);
    const unknown = rows.flatMap((row) => {
      const [, first = '', second = ''] = row.split('|');
      const about = [...first.matchAll(/\[([\w-]+)\]\(#([\w-]+)\)/g)].map(([, name, anchor]) => {
        assert.equal(name, anchor);
        return resources.find((resource) => resource.name === name) ?? assert.fail(`There is no resource ${name}`);
      });
      const members = sendable(about.flatMap((resource) => resource.endpoints));
      return codesIn(second).filter((code) => /^\w+$/.test(code) && !members.has(code));
    });
    assert.deepEqual(unknown, []);
  });

  test(`docs/${document} names no endpoint that isn't served, but for those it calls missing, which aren't`, () => {
    const rows = section(document, 2).matchAll(/^\| ([A-Z, ]+) \| `([^`]+)` \|/gm);
    const missing = [...rows].flatMap(([, methods = '', path]) => methods.split(', ').map((name) => `${name} ${path}`));
    assert.ok(missing.length > 10);
    assert.deepEqual(
      missing.filter((each) => served.has(shapeOf(each))),
      [],
    );
    const named = codesIn(proseOf(document)).filter((code) => /^(?:GET|POST|PATCH|PUT|DELETE) \//.test(code));
    assert.deepEqual(
      named.filter((each) => !served.has(shapeOf(each))),
      [],
    );
  });
}

test('the languages name the same things', () => {
  const [english = [], ...others] = names.map((document) => [...new Set(codesIn(proseOf(document)))].sort());
  for (const other of others) assert.deepEqual(other, english);
});
