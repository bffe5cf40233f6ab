// Owns the run: `node compat/conformance/run.ts [plan …] [--module pattern]` examines the server by a suite that is running.
//
// CONFORMANCE_SUITE is the suite's address; NODE_EXTRA_CA_CERTS must hold its certificate, for us and for the server.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { exportJWK, generateKeyPair } from 'jose';
import { Browser, type Places } from './browser.ts';
import type { KnownClient, Plan } from './plan.ts';
import { plans } from './plans.ts';
import { Provider } from './provider.ts';
import { isBad, type Outcome, printOutcome, printTable } from './report.ts';
import { Suite } from './suite.ts';

/** Of this run alone: a test that begins ends the one with the same alias. */
const alias = `warifu-${randomUUID().slice(0, 8)}`;

type Told = Readonly<Record<string, unknown>>;

async function makeKey(alg: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const named = { kid: randomUUID(), alg, use: 'sig' };
  return {
    own: { keys: [{ ...(await exportJWK(privateKey)), ...named }] },
    published: { keys: [{ ...(await exportJWK(publicKey)), ...named }] },
  };
}

/** Makes an application known to the server; resolves to what the suite is told of it. */
async function register(provider: Provider, name: string, { settings, keyAlg, told }: KnownClient): Promise<Told> {
  const keys = keyAlg === undefined ? undefined : await makeKey(keyAlg);
  const made = await provider.register({ name, ...settings, ...(keys && { jwks: keys.published }) });
  return { ...made, ...told, ...(keys && { jwks: keys.own }) };
}

async function registerAll(provider: Provider, plan: Plan, at: string): Promise<Record<string, Told>> {
  if (!plan.clients) return { client: { client_name: 'First' }, client2: { client_name: 'Second' } };
  const clients: Record<string, Told> = {};
  for (const [name, known] of Object.entries(plan.clients(at))) clients[name] = await register(provider, name, known);
  return clients;
}

function configuration(plan: Plan, clients: Record<string, Told>, places: Places): unknown {
  const { issuer } = places;
  const browser = new Browser(places);
  const overrides = Object.entries(plan.overrides?.(browser) ?? {});
  return {
    alias,
    description: `Warifu, ${plan.name}`,
    options: { browsercontrol_css_enable: false },
    server: { discoveryUrl: `${issuer}.well-known/openid-configuration`, login_hint: 'alice@example.com' },
    ...clients,
    ...plan.told?.(issuer),
    browser: plan.browser?.(browser) ?? [],
    override: Object.fromEntries(overrides.map(([name, visits]) => [name, { browser: visits }])),
  };
}

async function examine(suite: Suite, plan: Plan, only: RegExp): Promise<Outcome[]> {
  const provider = new Provider();
  const callbacks = suite.callbacks(alias);
  const clients = await registerAll(provider, plan, callbacks);
  await provider.start();
  const config = configuration(plan, clients, { issuer: provider.issuer, callbacks });
  const { id, modules } = await suite.createPlan(plan.plan, plan.variant, config);
  const outcomes: Outcome[] = [];
  for (const module of modules.filter(({ testModule }) => only.test(testModule))) {
    const isRotation = module.testModule === 'oidcc-server-rotate-keys';
    const run = await suite.run(id, module, isRotation ? () => provider.rotateKeys() : undefined);
    const { status, result } = run.info;
    const log = result === 'PASSED' ? [] : await suite.log(run.id);
    const outcome = {
      plan: plan.name,
      module,
      status,
      result: result ?? 'UNKNOWN',
      log,
      expected: plan.expected?.[module.testModule],
      page: suite.page(run.id),
    };
    printOutcome(outcome);
    outcomes.push(outcome);
  }
  await provider.stop();
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
  const outcomes: Outcome[] = [];
  for (const plan of chosen) outcomes.push(...(await examine(suite, plan, new RegExp(values.module ?? ''))));
  printTable(outcomes);
  process.exitCode = outcomes.some(isBad) ? 1 : 0;
}

await main();
