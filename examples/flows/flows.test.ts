// Tests that every example runs to its end, and that the tables of flows list each of them, in both languages.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Person } from '../../compat/person.ts';
import { flows } from './flows.ts';
import { email, runFlow } from './run.ts';

const root = join(import.meta.dirname, '..', '..');
const notExamples = ['sign-in.mjs'];

/** What a person does at an address: they sign in, and the browser takes the answer to the application. */
async function open(address: string): Promise<void> {
  const end = await new Person(email).visit(address);
  await fetch(end);
}

for (const flow of flows) {
  test(`the example ${flow.name} runs to its end`, async () => {
    const { code, out, err } = await runFlow(flow, (address) => open(address));
    assert.equal(code, 0, out + err);
    assert.match(out, flow.shows);
  });
}

test('every example is run', () => {
  const files = globSync('*.mjs', { cwd: import.meta.dirname }).filter((file) => !notExamples.includes(file));
  assert.deepEqual(files.sort(), flows.map(({ name }) => `${name}.mjs`).sort());
});

for (const path of ['docs/flows.md', 'docs/flows.ja.md']) {
  test(`${path} lists every example once, in order`, () => {
    const named = [...readFileSync(join(root, path), 'utf8').matchAll(/examples\/flows\/([\w-]+)\.mjs\)/g)];
    assert.deepEqual(
      [...new Set(named.map(([, name]) => name))],
      flows.map(({ name }) => name),
    );
  });
}
