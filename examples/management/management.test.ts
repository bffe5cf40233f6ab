// Tests that the example of the Management API runs to its end, and that the guide shows it as it is.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runExample } from './run.ts';

const root = join(import.meta.dirname, '..', '..');

test('the example makes an application, a role and a person, finds the person, and reads what happened', async () => {
  const { code, said } = await runExample();
  assert.equal(code, 0, said);
  assert.match(said, /^Application: Shop \w{32}$/m);
  assert.match(said, /^Found: hana@example\.com · may read:orders at Orders$/m);
  assert.deepEqual(
    [...said.matchAll(/^Log: \S+ (.*)$/gm)].map(([, description]) => description),
    ['Give a person roles', 'Create a person', 'Let a role do more'],
  );
});

for (const path of ['docs/management-api.md', 'docs/management-api.ja.md']) {
  test(`${path} shows the example as it is`, () => {
    const example = readFileSync(join(import.meta.dirname, 'set-up.mjs'), 'utf8');
    assert.ok(readFileSync(join(root, path), 'utf8').includes(`\`\`\`js\n${example}\`\`\`\n`));
  });
}
