// Owns `start`: from the environment to a server that listens, and back again at a signal.
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { loadServerCertificate, type ServerCertificate } from '#crypto/local-ca';
import { loadMasterKey } from '#crypto/master-key';
import type { Context } from '#domain/context';
import { furnishDemo } from '#domain/demo';
import { eventTypes } from '#domain/event-types';
import { ensureAdministrator, ensureManagementClient, type FirstAdministrator } from '#domain/first-start';
import { openTenant, type Tenant } from '#domain/tenant';
import { listenForCertificates, type MtlsListener } from '#http/mtls-listener';
import { createOutbound } from '#http/outbound';
import { createApp } from '../../app.ts';
import type { MutualTlsOptions } from '../../authentication/mutual-tls.ts';
import { type Config, readConfig } from '../../config.ts';
import { managementScopes } from '../../management/resources.ts';
import { type BackgroundWork, beginBackgroundWork } from '../background-work.ts';
import { type ExitCode, exitCodes, type Invocation } from '../command.ts';
import { consoleNotifier } from '../console-notifier.ts';
import { refusalSentence } from '../refusal.ts';

function mutualTlsOptions({ mtls }: Config): MutualTlsOptions | undefined {
  if (!mtls) return undefined;
  const authorities = mtls.authorities === undefined ? undefined : readFileSync(mtls.authorities, 'utf8');
  return { url: mtls.url, header: mtls.header, authorities };
}

/** A server to log with exists only after the tenant; what happens before is kept for it. */
async function open(
  config: Config,
): Promise<{ tenant: Tenant; app: FastifyInstance; tls: ServerCertificate | undefined }> {
  const now = () => Date.now();
  const masterKey = loadMasterKey(config.data);
  const mtls = mutualTlsOptions(config);
  const tls = config.tls && (await loadServerCertificate(config.data, new URL(config.issuer).hostname, now()));
  let app: FastifyInstance | undefined;
  const emit: Context['emit'] = (event) => app?.log.info({ event }, eventTypes[event.type]);
  const outbound = createOutbound({ allowPrivate: config.outboundPrivate });
  const tenant = await openTenant({
    issuer: config.issuer,
    databaseUrl: config.database,
    masterKey,
    now,
    emit,
    onLogFailure: (error) => app?.log.error({ err: error }, 'events cannot be kept now'),
    outbound,
    managementScopes,
    ...(config.development ? { notify: consoleNotifier((text) => process.stdout.write(text)) } : {}),
  });
  const { development, logLevel, trustedProxies, managementRequestsPerMinute, revocationReaders, mostImportBytes } =
    config;
  const logging = { level: logLevel };
  app = createApp(tenant.ctx, {
    development,
    tls,
    mtls,
    logger: logging,
    trustedProxies,
    managementRequestsPerMinute,
    revocationReaders,
    mostImportBytes,
  });
  return { tenant, app, tls };
}

async function furnish(ctx: Context, config: Config): Promise<FirstAdministrator | undefined> {
  if (config.development) await furnishDemo(ctx);
  if (config.managementClient) await ensureManagementClient(ctx, config.managementClient);
  return ensureAdministrator(ctx, { email: config.adminEmail, password: config.adminPassword });
}

function greet(
  config: Config,
  administrator: FirstAdministrator | undefined,
  tls: ServerCertificate | undefined,
): void {
  const lines: string[] = [];
  if (administrator?.generatedPassword !== undefined) {
    lines.push('', 'The first administrator was made. The password is shown this once:');
    lines.push(`  e-mail    ${administrator.email}`, `  password  ${administrator.generatedPassword}`);
  }
  if (tls) lines.push('', `To trust this server's certificate:  export NODE_EXTRA_CA_CERTS=${tls.caPath}`);
  if (config.development) lines.push('', `Welcome page  ${config.issuer}`, `Demo          ${config.issuer}demo/`);
  if (lines.length > 0) console.log(`${lines.join('\n').trimStart()}\n`);
  console.log(`Warifu ready at ${config.issuer}`);
}

/** Fastify's own line about each address would only repeat ours. */
async function listen(
  app: FastifyInstance,
  { port, host, logLevel, mtls }: Config,
  tls: ServerCertificate | undefined,
): Promise<MtlsListener | undefined> {
  app.log.level = 'silent';
  await app.listen({ port, host });
  app.log.level = logLevel;
  return tls && mtls?.port !== undefined ? listenForCertificates(app, { ...tls, port: mtls.port, host }) : undefined;
}

/** At the first signal no new request is taken, those in flight are finished, and what they wrote is made safe. */
function stopOnSignals(
  { app, tenant, mtls }: { app: FastifyInstance; tenant: Tenant; mtls: MtlsListener | undefined },
  work: BackgroundWork,
): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await Promise.all([app.close(), mtls?.close()]);
    await work.stop();
    await tenant.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
}

const usage = 'Usage: warifu start\n\nRuns the server. All settings are environment variables, listed in README.md.\n';

/** Resolves when the server listens; it goes on until a signal ends it. */
export async function start({ args, env, stdout, stderr }: Invocation): Promise<ExitCode> {
  if (args.length > 0) {
    const isHelp = args.includes('--help') || args.includes('-h');
    (isHelp ? stdout : stderr).write(usage);
    return isHelp ? exitCodes.ok : exitCodes.usage;
  }
  let opened: Awaited<ReturnType<typeof open>> | undefined;
  // What is written is the owner's alone, also in a data directory that others may enter.
  process.umask(0o077);
  try {
    const config = readConfig(env);
    opened = await open(config);
    const { tenant, app, tls } = opened;
    const administrator = await furnish(tenant.ctx, config);
    const mtls = await listen(app, config, tls);
    const logFailure = (work: string, error: unknown) => app.log.error({ err: error }, work);
    stopOnSignals({ app, tenant, mtls }, beginBackgroundWork(tenant.ctx, config, logFailure));
    await tenant.ctx.database.flushed();
    greet(config, administrator, tls);
    return exitCodes.ok;
  } catch (error) {
    const sentence = refusalSentence(error);
    if (sentence === undefined) throw error;
    console.error(`Warifu cannot start:\n${sentence}`);
    await opened?.app.close();
    await opened?.tenant.close();
    return exitCodes.refused;
  }
}
