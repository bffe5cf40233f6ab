// Owns the run: `node compat/conformance/run.ts [plan …] [--module pattern]` examines the server by a suite that is running.
//
// CONFORMANCE_SUITE is the suite's address; NODE_EXTRA_CA_CERTS must hold its certificate, for us and for the server.
import { parseArgs } from 'node:util';
import { examine } from './examination.ts';
import { plans } from './plans.ts';
import { isBad, type Outcome, printTable } from './report.ts';
import { Suite } from './suite.ts';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { module: { type: 'string' } }, allowPositionals: true });
  const address = process.env['CONFORMANCE_SUITE'];
  const suite = address === undefined ? undefined : new Suite(new URL(address));
  if (!suite || !(await suite.answers())) {
    console.log(`Skipped: no conformance suite answers at ${address ?? 'CONFORMANCE_SUITE, which is not set'}.`);
    return;
  }
  const names = plans.map(({ name }) => name);
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no plan ${unknown}. The plans are: ${names.join(', ')}.`);
  const chosen = plans.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const outcomes: Outcome[] = [];
  for (const plan of chosen) outcomes.push(...(await examine(suite, plan, new RegExp(values.module ?? ''))));
  printTable(outcomes);
  process.exitCode = outcomes.some(isBad) ? 1 : 0;
}

await main();
