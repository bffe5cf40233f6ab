// Proves that the lint holds the walls between layers: each violation is planted, and found by the rule that names it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root } from './install.mjs';

const surface = ['domain', 'protocol', 'crypto', 'http', 'i18n'];
const mayImport = {
  protocol: [],
  crypto: ['protocol'],
  http: ['protocol'],
  storage: ['protocol', 'crypto'],
  i18n: [],
  domain: ['protocol', 'crypto', 'storage', 'i18n'],
  mail: ['protocol', 'i18n'],
  authentication: surface,
  login: surface,
  account: surface,
  management: surface,
  dev: surface,
};
const layers = Object.keys(mayImport);
const pure = ['protocol', 'crypto', 'storage', 'i18n', 'domain', 'mail'];

const imports = (specifier) => `import { planted } from '${specifier}';\n\nexport const used = planted;\n`;
const only = (...allowed) => ({ refused: layers.filter((layer) => !allowed.includes(layer)), allowed });

/** What is imported, and which layers are refused it. */
const crossings = [
  ...layers.map((to) => {
    const allowed = layers.filter((from) => mayImport[from].includes(to));
    return { specifier: `#${to}/planted`, ...only(...allowed) };
  }),
  ...layers.map((to) => ({ specifier: `../${to}/planted.ts`, ...only(to) })),
  ...['#app', '#config', '#main', '#cli/command', '../config.ts', '../app.ts'].map((specifier) => ({
    specifier,
    ...only(),
  })),
  { specifier: 'node:crypto', ...only('crypto') },
  { specifier: '@peculiar/x509', ...only('crypto') },
  ...['node:sqlite', 'pg', 'kysely', 'kysely/helpers'].map((specifier) => ({ specifier, ...only('storage') })),
  ...['node:fs', 'node:fs/promises', 'node:path'].map((specifier) => ({
    specifier,
    refused: ['protocol'],
    allowed: layers.filter((layer) => layer !== 'protocol'),
  })),
  { specifier: 'fastify', refused: pure, allowed: layers.filter((layer) => !pure.includes(layer)) },
];

const inLogin = (name, text) => [`server/src/login/${name}.ts`, text];
const longFunction = `export function long(): void {\n${'  console.log();\n'.repeat(61)}}\n`;
const tangled = `export function tangled(a: number): number {\n${'  if (a > 1) if (a > 2) if (a > 3) return a;\n'.repeat(3)}  return 0;\n}\n`;
/** Each file breaks the rule that it is listed under. */
const violations = {
  'lint/style/noProcessEnv': inLogin('environment', 'export const port = process.env.PORT;\n'),
  'lint/suspicious/noExplicitAny': inLogin('any', 'export const value: any = 1;\n'),
  'lint/style/noNonNullAssertion': inLogin('non-null', 'export const first = (list: string[]) => list[0]!;\n'),
  'lint/style/noDefaultExport': inLogin('default-export', 'export default 1;\n'),
  'lint/style/useImportType': inLogin('import-type', "import { A } from './a.ts';\n\nexport type B = A;\n"),
  'lint/performance/noBarrelFile': inLogin('barrel', "export { a } from './a.ts';\n"),
  'lint/style/noEnum': inLogin('enumeration', 'export enum Planted {\n  One,\n}\n'),
  'lint/style/useFilenamingConvention': inLogin('camelCase', 'export const a = 1;\n'),
  'lint/correctness/useImportExtensions': inLogin(
    'extension',
    "import { a } from './environment';\n\nexport const b = a;\n",
  ),
  'lint/complexity/noExcessiveLinesPerFunction': inLogin('long-function', longFunction),
  'lint/complexity/noExcessiveCognitiveComplexity': inLogin('tangled', tangled),
  'lint/style/noExcessiveLinesPerFile': inLogin('long-file', 'export {};\n'.repeat(301)),
  'lint/suspicious/noFocusedTests': inLogin(
    'focused',
    "import { test } from 'node:test';\n\ntest.only('a', () => {});\n",
  ),
  'lint/nursery/noFloatingPromises': inLogin('floating', 'async function a(): Promise<void> {}\na();\n'),
  'lint/suspicious/noImportCycles': inLogin(
    'cycle-a',
    "import { b } from './cycle-b.ts';\n\nexport const a = () => b;\n",
  ),
};

const pathOf = (layer, index) => `server/src/${layer}/crossing-${index}.ts`;

function plant(directory) {
  const files = [
    ...Object.values(violations),
    inLogin('cycle-b', "import { a } from './cycle-a.ts';\n\nexport const b = () => a;\n"),
    ['server/src/login/free.test.ts', imports('#storage/planted')],
    ['server/src/app.ts', imports('#storage/planted')],
    ['server/src/cli/start.ts', imports('#storage/planted')],
    ['server/src/config.ts', 'export const port = process.env.PORT;\n'],
  ];
  for (const [index, { specifier }] of crossings.entries()) {
    for (const layer of layers) files.push([pathOf(layer, index), imports(specifier)]);
  }
  for (const [path, text] of files) {
    mkdirSync(join(directory, dirname(path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

/** What the lint says: the rules that each file breaks. */
function lint(directory) {
  const program = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const options = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.'];
  const { stdout, stderr } = spawnSync(process.execPath, [program, ...options], {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const { diagnostics } = JSON.parse(stdout || assert.fail(stderr));
  const broken = new Map();
  for (const { category, location } of diagnostics) {
    const path = location.path.file ?? location.path;
    broken.set(path, [...(broken.get(path) ?? []), category]);
  }
  return broken;
}

describe('the lint', () => {
  let directory;
  let broken;
  const restricts = (path) => (broken.get(path) ?? []).includes('lint/style/noRestrictedImports');

  before(() => {
    // Outside the tree, so that nothing is left in it whatever happens.
    directory = mkdtempSync(join(tmpdir(), 'warifu-walls-'));
    cpSync(join(root, 'biome.json'), join(directory, 'biome.json'));
    plant(directory);
    broken = lint(directory);
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  for (const [index, { specifier, refused, allowed }] of crossings.entries()) {
    const whom = allowed.length === 0 ? 'every layer' : `all but ${allowed.join(', ')}`;
    test(`refuses ${specifier} to ${refused.length <= pure.length ? refused.join(', ') : whom}`, () => {
      for (const layer of refused) assert.ok(restricts(pathOf(layer, index)), `${layer} may import ${specifier}`);
      for (const layer of allowed.filter((name) => !specifier.startsWith(`../${name}/`))) {
        assert.ok(!restricts(pathOf(layer, index)), `${layer} may not import ${specifier}`);
      }
    });
  }

  for (const [rule, [path]] of Object.entries(violations)) {
    test(`reports ${rule}`, () => assert.ok(broken.get(path)?.includes(rule), String(broken.get(path))));
  }

  test('lets tests, app.ts and the commands import everything, and config.ts read the environment', () => {
    for (const path of ['login/free.test.ts', 'app.ts', 'cli/start.ts'])
      assert.ok(!restricts(`server/src/${path}`), path);
    assert.equal(broken.get('server/src/config.ts'), undefined);
  });
});
