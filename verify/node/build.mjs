// Owns what is published of @warifu/verify: `npm run build -w @warifu/verify` makes dist/ with JavaScript, types and its manifest.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const manifest = JSON.parse(readFileSync(here('package.json'), 'utf8'));
const sources = Object.values(manifest.exports).map(here);
const options =
  '--ignoreConfig --declaration --rewriteRelativeImportExtensions --strict --target es2022 --module nodenext';

rmSync(here('dist'), { recursive: true, force: true });
execFileSync(
  'tsc',
  [...options.split(' '), '--types', 'node', '--rootDir', here('src'), '--outDir', here('dist'), ...sources],
  {
    cwd: here('.'),
    stdio: 'inherit',
  },
);

const published = (path) => {
  const name = path.replace('./src/', './').replace(/\.ts$/, '');
  return { types: `${name}.d.ts`, default: `${name}.js` };
};
const { devDependencies: _, scripts: __, exports, ...rest } = manifest;
const entries = Object.entries(exports).map(([name, path]) => [name, published(path)]);
writeFileSync(
  here('dist/package.json'),
  `${JSON.stringify({ ...rest, exports: Object.fromEntries(entries) }, null, 2)}\n`,
);
for (const name of ['README.md', 'README.ja.md'])
  if (existsSync(here(name))) copyFileSync(here(name), here(`dist/${name}`));
