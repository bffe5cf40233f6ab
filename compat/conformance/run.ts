// Owns the run: `node compat/conformance/run.ts [plan …] [--module name]` examines the server by a suite that is running.
//
// CONFORMANCE_SUITE is the suite's address; NODE_EXTRA_CA_CERTS must hold its certificate, for us and for the server.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Browser } from './browser.ts';
import { type ClientName, type Plan, plans } from './plans.ts';
import { Provider } from './provider.ts';
import { isBad, type Outcome, printOutcome, printTable } from './report.ts';
import { Suite } from './suite.ts';

/** Of this run alone: a test that begins ends the one with the same alias. */
const alias = `warifu-${randomUUID().slice(0, 8)}`;

type Registration = Readonly<Record<string, unknown>>;

async function register(plan: Plan, provider: Provider, at: string): Promise<[Plan, Record<string, Registration>]> {
  const clients: Record<string, Registration> = {};
  for (const [name, settings] of Object.entries(plan.clients(at)) as [ClientName, Registration][]) {
    clients[name] = { ...(await provider.register({ name: `${plan.name} ${name}`, ...settings })) };
  }
  return [plan, clients];
}

function configuration(plan: Plan, clients: Readonly<Record<string, Registration>>, issuer: string): unknown {
  const browser = new Browser(issuer);
  const overrides = Object.entries(plan.overrides(browser)).map(([name, visits]) => [name, { browser: visits }]);
  return {
    alias,
    description: `Warifu, ${plan.name}`,
    options: { browsercontrol_css_enable: false },
    server: { discoveryUrl: `${issuer}.well-known/openid-configuration`, login_hint: 'alice@example.com' },
    ...clients,
    browser: plan.browser(browser),
    override: Object.fromEntries(overrides),
  };
}

async function examine(suite: Suite, plan: Plan, config: unknown, only: RegExp): Promise<Outcome[]> {
  const { id, modules } = await suite.createPlan(plan.plan, plan.variant, config);
  const outcomes: Outcome[] = [];
  for (const module of modules.filter(({ testModule }) => only.test(testModule))) {
    const run = await suite.run(id, module);
    const { status, result } = run.info;
    const log = result === 'PASSED' ? [] : await suite.log(run.id);
    const outcome = { plan: plan.name, module, status, result: result ?? 'UNKNOWN', log, page: suite.page(run.id) };
    printOutcome(outcome);
    outcomes.push(outcome);
  }
  return outcomes;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { module: { type: 'string' } }, allowPositionals: true });
  const address = process.env['CONFORMANCE_SUITE'];
  const suite = address === undefined ? undefined : new Suite(new URL(address));
  if (!(await suite?.answers()) || !suite) {
    console.log(`Skipped: no conformance suite answers at ${address ?? 'CONFORMANCE_SUITE, which is not set'}.`);
    return;
  }
  const chosen = plans.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  if (chosen.length === 0) throw new Error(`The plans are: ${plans.map(({ name }) => name).join(', ')}.`);
  const provider = new Provider();
  const registered: Awaited<ReturnType<typeof register>>[] = [];
  for (const plan of chosen) registered.push(await register(plan, provider, suite.callbacks(alias)));
  await provider.start();
  const outcomes: Outcome[] = [];
  for (const [plan, clients] of registered) {
    const config = configuration(plan, clients, provider.issuer);
    outcomes.push(...(await examine(suite, plan, config, new RegExp(values.module ?? ''))));
  }
  await provider.stop();
  printTable(outcomes);
  process.exitCode = outcomes.some(isBad) ? 1 : 0;
}

await main();
