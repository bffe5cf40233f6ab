// Runs the tests of the verifiers in Go and Python, each with its own tools, where the machine has them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const go = join(import.meta.dirname, 'go');
const python = join(import.meta.dirname, 'python');
const interpreter = join(python, '.venv/bin/python');

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 240_000 });
  assert.equal(status, 0, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`);
}

const hasGo = spawnSync('go', ['version']).status === 0;
const withoutVenv = 'there is no verify/python/.venv: its README says how it is made';

test('the verifier in Go passes its tests', { skip: hasGo ? false : 'there is no Go here' }, () => {
  run('go', ['vet', './...'], go);
  run('go', ['test', './...'], go);
});

test('the verifier in Python passes its tests', { skip: existsSync(interpreter) ? false : withoutVenv }, () => {
  run(interpreter, ['-m', 'pytest'], python);
  run(interpreter, ['-m', 'mypy', 'src'], python);
  run(interpreter, ['-m', 'ruff', 'check', '.'], python);
});
