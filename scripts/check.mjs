// Owns `npm run check`: types, format, lint with the walls between layers, and nothing unused. Shows all that is wrong.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { install, pinnedNode, root } from './install.mjs';

const isTerminal = process.stdout.isTTY === true;
// Biome colours every character of what it says, into a file as well, unless it is told.
const colors = isTerminal ? 'force' : 'off';

const checks = [
  { title: 'Types', name: 'typescript', bin: 'tsc', args: ['--noEmit', '-p', '.'] },
  {
    title: 'Format, lint and walls',
    name: '@biomejs/biome',
    bin: 'biome',
    args: ['ci', '--error-on-warnings', `--colors=${colors}`],
  },
  { title: 'Unused files, exports and dependencies', name: 'knip', bin: 'knip', args: ['--no-progress'] },
];

function programOf({ name, bin }) {
  const directory = join(root, 'node_modules', name);
  return join(directory, JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')).bin[bin]);
}

/** Runs a tool and resolves to what it said and whether it is content. */
function run(check) {
  const env = { ...process.env, ...(isTerminal ? { FORCE_COLOR: '1' } : {}) };
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const child = spawn(pinnedNode, [programOf(check), ...check.args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    });
    const said = [];
    child.stdout.on('data', (data) => said.push(data));
    child.stderr.on('data', (data) => said.push(data));
    child.on('error', (error) => said.push(Buffer.from(error.message)));
    child.on('close', (code) => {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      resolve({ said: Buffer.concat(said).toString().trim(), content: code === 0, seconds });
    });
  });
}

install({ everything: true });
const running = checks.map((check) => ({ check, result: run(check) }));
for (const { check, result } of running) {
  const { said, content, seconds } = await result;
  console.log(`${content ? '✔' : '✖'} ${check.title} (${seconds} s)`);
  if (!content) {
    console.log(`${said}\n`);
    process.exitCode = 1;
  }
}
