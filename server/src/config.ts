// Owns the deployment's settings: one row each, read from the environment and validated once.
import { join } from 'node:path';
import { type MutualTlsConfig, mutualTlsConfig, mutualTlsFaults, mutualTlsSettings } from './config/mutual-tls.ts';
import { nearestName } from './config/nearest-name.ts';
import type { Fault } from './config/parsers.ts';
import * as parsers from './config/parsers.ts';
import { row, type Setting } from './config/setting.ts';

export type LogLevel = 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

export interface Config {
  readonly port: number;
  /** The address or name to listen on. */
  readonly host: string;
  /** With its trailing slash. Its scheme is https, or its host a loopback address. */
  readonly issuer: string;
  /** Absolute. */
  readonly data: string;
  /** `sqlite:` and an absolute path, or a PostgreSQL URL. It may carry a password: never log it. */
  readonly database: string;
  /** In its canonical form. */
  readonly adminEmail: string;
  readonly adminPassword: string | undefined;
  readonly managementClient: { readonly client_id: string; readonly client_secret: string } | undefined;
  readonly tls: 'self-signed' | undefined;
  readonly mtls: MutualTlsConfig | undefined;
  /** The addresses and networks of the proxies in front of the server. */
  readonly trustedProxies: readonly string[];
  /** Whether the server may call http addresses and its own network. */
  readonly outboundPrivate: boolean;
  /** How long a key signs before the next one takes its place; Infinity when that is done by hand alone. */
  readonly keyRotationDays: number;
  /** How long log events are kept; Infinity for ever. */
  readonly logRetentionDays: number;
  /** Bytes of a file of people. */
  readonly mostImportBytes: number;
  readonly managementRequestsPerMinute: number;
  /** Who may read the revocation feed: anybody, or applications that prove who they are. */
  readonly revocationReaders: 'anyone' | 'clients';
  readonly logLevel: LogLevel;
  /** Whether the development pages are there: the issuer is a loopback address, and production wasn't asked for. */
  readonly development: boolean;
}

/** Thrown when settings are wrong; the message has a line for each of them and never repeats a secret. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(['These settings are wrong:', ...faults.map((fault) => `  - ${fault}`)].join('\n'));
    this.faults = faults;
  }
}

const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

const settings = {
  port: row({ name: 'PORT', parse: parsers.port, fallback: '4000', help: 'The port to listen on.' }),
  host: row({
    name: 'HOST',
    parse: parsers.listenHost,
    fallback: 'localhost',
    help: 'The address to listen on; 0.0.0.0 or :: for every one that the machine has.',
  }),
  issuer: row({
    name: 'WARIFU_ISSUER',
    parse: parsers.issuer,
    otherwise: 'http://localhost:PORT/, with https when WARIFU_TLS is set',
    help: 'The address that people reach the server at, and the issuer of its tokens. Always https but on loopback.',
    confidential: true,
  }),
  data: row({
    name: 'WARIFU_DATA',
    parse: parsers.directoryPath,
    fallback: './data',
    help: 'The directory of the database, the master key and the local certificates.',
  }),
  database: row({
    name: 'WARIFU_DATABASE',
    parse: parsers.database,
    otherwise: 'sqlite: and warifu.sqlite in WARIFU_DATA',
    help: 'The database: sqlite: and a path, or a postgres:// URL.',
    confidential: true,
  }),
  adminEmail: row({
    name: 'WARIFU_ADMIN_EMAIL',
    parse: parsers.email,
    fallback: 'admin@example.com',
    help: 'The first administrator, who is made at the first start.',
  }),
  adminPassword: row({
    name: 'WARIFU_ADMIN_PASSWORD',
    parse: parsers.secret,
    otherwise: 'one is made and printed once, at the first start',
    help: "The first administrator's password.",
    confidential: true,
  }),
  managementClientId: row({
    name: 'WARIFU_MANAGEMENT_CLIENT_ID',
    parse: parsers.clientId,
    otherwise: 'no such application',
    help: 'The client id of a machine-to-machine application that may do everything on the Management API.',
  }),
  managementClientSecret: row({
    name: 'WARIFU_MANAGEMENT_CLIENT_SECRET',
    parse: parsers.secret,
    otherwise: 'no such application',
    help: "That application's secret; at least 32 characters in production.",
    confidential: true,
  }),
  tls: row({
    name: 'WARIFU_TLS',
    parse: parsers.oneOf(['self-signed'], 'self-signed'),
    otherwise: 'plain HTTP',
    help: 'self-signed serves HTTPS with a certificate of a local authority, whose own is WARIFU_DATA/tls/ca.pem.',
  }),
  ...mutualTlsSettings,
  trustedProxies: row({
    name: 'WARIFU_TRUSTED_PROXIES',
    parse: parsers.networks,
    otherwise: 'none',
    help: 'The addresses and networks, with commas between, of the proxies in front of the server. They are believed about whom they pass requests on for (X-Forwarded-For), and about WARIFU_CERTIFICATE_HEADER.',
  }),
  environment: row({
    name: 'WARIFU_ENV',
    parse: parsers.oneOf(['production', 'development'], 'production'),
    otherwise: 'development when the issuer is a loopback address, else production',
    help: 'Whether the pages for development are there.',
  }),
  outbound: row({
    name: 'WARIFU_OUTBOUND',
    parse: parsers.oneOf(['public', 'private'], 'private'),
    otherwise: 'private in development, else public',
    help: 'Which addresses of applications the server itself calls, such as a jwks_uri: public is https on the public Internet; private is the own network and plain http too.',
  }),
  keyRotationDays: row({
    name: 'WARIFU_KEY_ROTATION_DAYS',
    parse: parsers.days,
    fallback: '90',
    help: 'After how many days the next signing key takes the place of the current one; 0 for never.',
  }),
  logRetentionDays: row({
    name: 'WARIFU_LOG_RETENTION_DAYS',
    parse: parsers.days,
    fallback: '30',
    help: 'For how many days log events are kept; 0 for ever.',
  }),
  mostImportBytes: row({
    name: 'WARIFU_IMPORT_MEGABYTES',
    parse: parsers.megabytes,
    fallback: '500',
    help: 'How large a file of people may be that is imported, in megabytes.',
  }),
  managementRequestsPerMinute: row({
    name: 'WARIFU_MANAGEMENT_REQUESTS_PER_MINUTE',
    parse: parsers.perMinute,
    fallback: '60000',
    help: 'How often one application may call the Management API within a minute, on each node.',
  }),
  revocationReaders: row({
    name: 'WARIFU_REVOCATION_READERS',
    parse: parsers.oneOf(['anyone', 'clients'], 'clients'),
    fallback: 'anyone',
    help: 'Who may read the revocation feed, which tells nobody whom it is about: anyone, or clients, which prove who they are.',
  }),
  logLevel: row({
    name: 'WARIFU_LOG_LEVEL',
    parse: parsers.oneOf(logLevels, 'info'),
    fallback: 'info',
    help: `The least important events to log: ${logLevels.join(', ')}.`,
  }),
};

type Values = {
  readonly [Key in keyof typeof settings]: (typeof settings)[Key] extends Setting<infer T> ? T | undefined : never;
};

export type Environment = Readonly<Record<string, string | undefined>>;

function describe(setting: Setting<unknown>, text: string, { is, expected, example }: Fault): string {
  const subject = setting.confidential ? setting.name : `${setting.name}=${JSON.stringify(text)}`;
  return `${subject} ${is}. Expected: ${expected}; for example ${setting.name}=${example}`;
}

function unknownSettings(env: Environment): string[] {
  const names = Object.values(settings).map((setting) => setting.name);
  return (
    Object.keys(env)
      .filter((name) => name.startsWith('WARIFU_') && !names.includes(name))
      // What the test runner hands to the tests is also handed to the servers that they start.
      .filter((name) => !name.startsWith('WARIFU_TEST_'))
      .map((name) => `${name} is not a setting. Did you mean ${nearestName(name, names)}?`)
  );
}

function readValues(env: Environment, directory: string): { values: Values; faults: string[] } {
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [key, setting] of Object.entries(settings) as [string, Setting<unknown>][]) {
    const text = env[setting.name] || setting.fallback;
    if (text === undefined) continue;
    const parsed = setting.parse(text, directory);
    if ('fault' in parsed) faults.push(describe(setting, text, parsed.fault));
    else values[key] = parsed.value;
  }
  return { values: values as Values, faults };
}

type Key = keyof typeof settings;
const mutualTlsKeys: readonly Key[] = ['tls', 'trustedProxies', ...(Object.keys(mutualTlsSettings) as Key[])];

/** Whether none of these was refused. */
function isRead(values: Values, env: Environment, keys: readonly Key[]): boolean {
  return keys.every((key) => key in values || !env[settings[key].name]);
}

/** Whether only this machine can reach the host (RFC 6761 §6.3, RFC 1122 §3.2.1.3). */
function isLoopback(url: URL): boolean {
  return /^(?:(?:[^.]+\.)*localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
}

/** What is wrong with an issuer that is right by itself, beside the other settings. */
function issuerFaults({ tls, environment }: Values, issuer: URL, development: boolean): string[] {
  const mustBe = 'WARIFU_ISSUER must begin with https://, for example WARIFU_ISSUER=https://login.example.com/';
  const loopback = isLoopback(issuer);
  if (!loopback && environment === 'development') {
    return ['WARIFU_ENV=development needs an issuer on a loopback address, for example http://localhost:4000/'];
  }
  if (issuer.protocol === 'https:') return [];
  if (tls) return [`WARIFU_TLS=${tls} serves HTTPS, so ${mustBe}`];
  if (!loopback) return [`Only a loopback address may do without TLS: ${mustBe}`];
  return development ? [] : [`In production ${mustBe}`];
}

function managementFaults(
  { managementClientId: id, managementClientSecret: secret }: Values,
  development: boolean,
): string[] {
  if ((id === undefined) !== (secret === undefined)) {
    return ['WARIFU_MANAGEMENT_CLIENT_ID and WARIFU_MANAGEMENT_CLIENT_SECRET belong together: set both or neither.'];
  }
  return secret !== undefined && secret.length < 32 && !development
    ? ['WARIFU_MANAGEMENT_CLIENT_SECRET is too short. Expected: at least 32 random characters in production.']
    : [];
}

function managementClient({ managementClientId, managementClientSecret }: Values): Config['managementClient'] {
  if (!managementClientId || !managementClientSecret) return undefined;
  return { client_id: managementClientId, client_secret: managementClientSecret };
}

/**
 * Reads the settings from the environment; an empty variable counts as missing.
 * Relative paths start at `directory`. Throws ConfigError, which lists everything that is wrong.
 */
export function readConfig(env: Environment, directory: string = process.cwd()): Config {
  const { values, faults } = readValues(env, directory);
  const { port, host, data, adminEmail, logLevel } = values;
  const issuer = values.issuer ?? new URL(`${values.tls ? 'https' : 'http'}://localhost:${port ?? ''}/`);
  const development = values.environment !== 'production' && isLoopback(issuer);
  // What follows from a value that is refused already would only confuse.
  const known = isRead(values, env, ['issuer', 'environment', 'tls']);
  if (known) faults.push(...issuerFaults(values, issuer, development));
  if (isRead(values, env, ['managementClientId'])) faults.push(...managementFaults(values, development || !known));
  faults.push(...(isRead(values, env, mutualTlsKeys) ? mutualTlsFaults(values) : []), ...unknownSettings(env));
  if (faults.length > 0 || !port || !host || !data || !adminEmail || !logLevel) throw new ConfigError(faults);
  return {
    port,
    host,
    issuer: issuer.href,
    data,
    database: values.database ?? `sqlite:${join(data, 'warifu.sqlite')}`,
    adminEmail,
    adminPassword: values.adminPassword,
    managementClient: managementClient(values),
    tls: values.tls,
    mtls: mutualTlsConfig(values, issuer),
    trustedProxies: values.trustedProxies ?? [],
    outboundPrivate: (values.outbound ?? (development ? 'private' : 'public')) === 'private',
    keyRotationDays: values.keyRotationDays as number,
    logRetentionDays: values.logRetentionDays as number,
    mostImportBytes: values.mostImportBytes as number,
    managementRequestsPerMinute: values.managementRequestsPerMinute as number,
    revocationReaders: values.revocationReaders ?? 'anyone',
    logLevel,
    development,
  };
}

/** The settings as a text to read: each with its default and what it is for. */
export function settingsHelp(): string {
  const rows: readonly Setting<unknown>[] = Object.values(settings);
  return rows
    .map(({ name, help, fallback, otherwise }) => `${name}\n    ${help}\n    Default: ${fallback ?? otherwise}\n`)
    .join('\n');
}
