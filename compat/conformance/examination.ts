// Owns the examination by one plan: a fresh server, its applications and people, what the suite is told, and its modules.
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { makeCertificate } from '../../server/src/testing/certificates.ts';
import { Approver } from './approver.ts';
import { Browser } from './browser.ts';
import type { KnownClient, Plan } from './plan.ts';
import { Provider } from './provider.ts';
import { type Outcome, printOutcome } from './report.ts';
import type { PlanModule, Steps, Suite } from './suite.ts';

/** Of this run alone: a test that begins ends the one with the same alias. */
const alias = `warifu-${randomUUID().slice(0, 8)}`;

type Told = Readonly<Record<string, unknown>>;
type Clients = Readonly<Record<string, Told>>;

async function makeKey(alg: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const named = { kid: randomUUID(), alg, use: 'sig' };
  return {
    own: { keys: [{ ...(await exportJWK(privateKey)), ...named }] },
    published: { keys: [{ ...(await exportJWK(publicKey)), ...named }] },
  };
}

interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Those of the first and of the second application, under the suite's names. */
type Certificates = Readonly<Record<'mtls' | 'mtls2', Certificate>>;

async function makeCertificates(): Promise<Certificates> {
  const make = async (name: string) => {
    const { cert, key } = await makeCertificate({ subject: `CN=${name}`, usage: 'client', now: Date.now() });
    return { cert, key };
  };
  return { mtls: await make('first'), mtls2: await make('second') };
}

const registered = ({ cert }: Certificate) => [{ id: 'own', credential_type: 'x509_cert' as const, pem: cert }];

/** Makes an application known to the server; resolves to what the suite is told of it. */
async function register(
  provider: Provider,
  [name, { settings, keyAlg, told }]: readonly [string, KnownClient],
  certificate: Certificate | undefined,
): Promise<Told> {
  const keys = keyAlg === undefined ? undefined : await makeKey(keyAlg);
  const credentials = certificate && { credentials: registered(certificate) };
  const made = await provider.register({ name, ...settings, ...credentials, ...(keys && { jwks: keys.published }) });
  return { ...made, ...told, ...(keys && { jwks: keys.own }) };
}

async function registerAll(
  provider: Provider,
  plan: Plan,
  { at, certificates }: { readonly at: string; readonly certificates: Certificates | undefined },
): Promise<Clients> {
  if (!plan.clients) return { client: { client_name: 'First' }, client2: { client_name: 'Second' } };
  const clients: Record<string, Told> = {};
  for (const [name, known] of Object.entries(plan.clients(at))) {
    const certificate = name === 'client2' ? certificates?.mtls2 : certificates?.mtls;
    clients[name] = await register(provider, [name, known], certificate);
  }
  return clients;
}

/** The person of a module, where each has its own. A local part has 64 characters at most (RFC 5321 §4.5.3.1.1). */
const personOf = (module: string) => `${module.replace('fapi-ciba-id1-', '').slice(-64).toLowerCase()}@example.com`;

/** What is another in each module: the browser's ways, and whom the applications name. */
function overrides(plan: Plan, browser: Browser, clients: Clients, modules: readonly string[]): Told {
  const visits = Object.entries(plan.overrides?.(browser) ?? {}).map(([name, own]) => [name, { browser: own }]);
  if (!plan.people) return Object.fromEntries(visits);
  const naming = (module: string) =>
    Object.fromEntries(Object.entries(clients).map(([name, own]) => [name, { ...own, hint_value: personOf(module) }]));
  return Object.fromEntries(modules.map((module) => [module, naming(module)]));
}

interface Prepared {
  readonly provider: Provider;
  readonly approver: Approver | undefined;
  readonly config: Told;
}

async function prepare(suite: Suite, plan: Plan): Promise<Prepared> {
  const provider = new Provider();
  const callbacks = suite.callbacks(alias);
  const certificates = plan.certificates && (await makeCertificates());
  const clients = await registerAll(provider, plan, { at: callbacks, certificates });
  const modules = await suite.modulesOf(plan.plan);
  if (plan.people) for (const module of modules) await provider.person(personOf(module));
  if (plan.certificates) await provider.askForCertificates();
  if (plan.signals) await provider.grantSignals(Object.values(clients).map(({ client_id }) => String(client_id)));
  const approver = plan.people && (await Approver.listen(() => provider.issuer));
  await provider.start();
  const { issuer } = provider;
  const browser = new Browser({ issuer, callbacks });
  const config = {
    alias,
    description: `Warifu, ${plan.name}`,
    options: { browsercontrol_css_enable: false },
    server: {
      discoveryUrl: `${issuer}.well-known/openid-configuration`,
      login_hint: 'alice@example.com',
      allow_unexpected_metadata_fields: ['revocation_feed_endpoint', 'revocation_stream_endpoint'],
    },
    ...clients,
    ...certificates,
    ...plan.told?.(provider.addresses),
    ...(approver && { automated_ciba_approval_url: approver.address }),
    browser: plan.browser?.(browser) ?? [],
    override: overrides(plan, browser, clients, modules),
  };
  return { provider, approver, config };
}

function stepsOf({ testModule }: PlanModule, provider: Provider): Steps {
  if (testModule === 'oidcc-server-rotate-keys') return { first: () => provider.rotateKeys() };
  if (testModule === 'openid-ssf-transmitter-stream-caep-interop') return { meanwhile: () => provider.disturb() };
  return {};
}

async function runModule(
  suite: Suite,
  { plan, planId, provider }: { plan: Plan; planId: string; provider: Provider },
  module: PlanModule,
): Promise<Outcome> {
  const { id, info } = await suite.run(planId, module, stepsOf(module, provider));
  return {
    plan: plan.name,
    module,
    status: info.status,
    result: info.result ?? 'UNKNOWN',
    log: info.result === 'PASSED' ? [] : await suite.log(id),
    expected: plan.expected?.[module.testModule],
    page: suite.page(id),
  };
}

/** Examines the server by those of a plan's modules whose names fit; prints each outcome as it comes. */
export async function examine(suite: Suite, plan: Plan, only: RegExp): Promise<readonly Outcome[]> {
  const { provider, approver, config } = await prepare(suite, plan);
  const { id, modules } = await suite.createPlan(plan.plan, plan.variant, config);
  const outcomes: Outcome[] = [];
  for (const module of modules.filter(({ testModule }) => only.test(testModule))) {
    approver?.decideAs(personOf(module.testModule));
    const outcome = await runModule(suite, { plan, planId: id, provider }, module);
    printOutcome(outcome);
    outcomes.push(outcome);
  }
  approver?.close();
  await provider.stop();
  return outcomes;
}
