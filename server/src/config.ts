// Owns the settings: one row each, read from the environment once, refused with a sentence when they are wrong.
import { join, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

export const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export interface Config {
  readonly port: number;
  readonly host: string;
  /** With the trailing slash. */
  readonly issuer: string;
  /** An absolute path. */
  readonly data: string;
  /** `sqlite:<absolute path>` or `postgres://…`. */
  readonly database: string;
  readonly adminEmail: string;
  readonly adminPassword: string | undefined;
  readonly managementClient: { readonly client_id: string; readonly client_secret: string } | undefined;
  readonly tls: 'self-signed' | undefined;
  readonly logLevel: (typeof logLevels)[number];
  /** Whether the development extras are there: only while the issuer is a loopback address. */
  readonly development: boolean;
}

interface Setting {
  readonly name: string;
  /** What is taken when it isn't set, in words. */
  readonly default: string;
  readonly help: string;
}

/** Every setting. The reference page prints this table. */
export const settings = [
  { name: 'PORT', default: '4000', help: 'The port to listen at.' },
  { name: 'HOST', default: 'localhost', help: 'The address to listen at; 0.0.0.0 listens at all of them.' },
  { name: 'WARIFU_ISSUER', default: 'http://localhost:PORT/', help: 'The public address, which tokens carry as `iss`. Anything but loopback must be https.' },
  { name: 'WARIFU_DATA', default: './data', help: 'The directory of the database, the master key and the certificates.' },
  { name: 'WARIFU_DATABASE', default: 'sqlite:WARIFU_DATA/warifu.sqlite', help: '`sqlite:<path>` or `postgres://user:password@host/database`.' },
  { name: 'WARIFU_ADMIN_EMAIL', default: 'admin@example.com', help: 'The e-mail address of the first administrator.' },
  { name: 'WARIFU_ADMIN_PASSWORD', default: 'generated, and printed once', help: 'The password of the first administrator.' },
  { name: 'WARIFU_MANAGEMENT_CLIENT_ID', default: 'none', help: 'The id of an application that may do everything on the Management API.' },
  { name: 'WARIFU_MANAGEMENT_CLIENT_SECRET', default: 'none', help: 'Its secret, of 32 characters or more.' },
  { name: 'WARIFU_TLS', default: 'none', help: '`self-signed` serves https with a certificate of a local CA, which is kept in WARIFU_DATA/tls.' },
  { name: 'WARIFU_ENV', default: 'development on a loopback issuer, else production', help: '`production` turns the development extras off.' },
  { name: 'WARIFU_LOG_LEVEL', default: 'info', help: logLevels.join(', ') },
] as const satisfies readonly Setting[];

type Name = (typeof settings)[number]['name'];

/** Every setting that is wrong, each with a sentence that says what is expected. Never repeats a secret. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  constructor(faults: readonly string[]) {
    super(faults.map((fault) => `- ${fault}`).join('\n'));
  }
}

class Reader {
  readonly faults: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** An empty text counts as not set. */
  text(name: Name): string | undefined {
    return this.#environment[name] || undefined;
  }

  /** The parsed value, or the fallback when it isn't set; a value that the parser refuses is noted. */
  parse<T>(name: Name, fallback: T, expected: string, parser: (text: string) => T | undefined): T {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = parser(text);
    if (value === undefined) this.faults.push(`${name} must be ${expected}.`);
    return value ?? fallback;
  }
}

export function isLoopback(issuer: string): boolean {
  const { hostname } = new URL(issuer);
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function parseIssuer(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const plain = url.search === '' && url.hash === '' && url.username === '' && url.password === '' && url.pathname === '/';
  if (!plain || text.includes('?') || text.includes('#')) return undefined;
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.href))) return url.href;
  return undefined;
}

function parseDatabase(text: string): string | undefined {
  if (text.startsWith('sqlite:') && text.length > 'sqlite:'.length) {
    return text === 'sqlite::memory:' ? text : `sqlite:${resolve(text.slice('sqlite:'.length))}`;
  }
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text) ? text : undefined;
}

function readManagementClient(reader: Reader): Config['managementClient'] {
  const client_id = reader.text('WARIFU_MANAGEMENT_CLIENT_ID');
  const client_secret = reader.text('WARIFU_MANAGEMENT_CLIENT_SECRET');
  if (client_id === undefined && client_secret === undefined) return undefined;
  if (client_id === undefined || client_secret === undefined) {
    reader.faults.push('WARIFU_MANAGEMENT_CLIENT_ID and WARIFU_MANAGEMENT_CLIENT_SECRET must be set together, or neither.');
    return undefined;
  }
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(client_id)) {
    reader.faults.push('WARIFU_MANAGEMENT_CLIENT_ID must be 1 to 64 letters, digits, hyphens or underscores.');
  }
  if (client_secret.length < 32) reader.faults.push('WARIFU_MANAGEMENT_CLIENT_SECRET must have 32 characters or more.');
  return { client_id, client_secret };
}

/** Settings that we don't know are misspelt ones that we do. */
function refuseUnknown(environment: Environment, faults: string[]): void {
  const known = new Set<string>(settings.map(({ name }) => name));
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('WARIFU_') || name.startsWith('WARIFU_TEST_') || known.has(name)) continue;
    faults.push(`${name} is no setting. There are: ${[...known].join(', ')}.`);
  }
}

/** Reads every setting. Throws ConfigError with all that is wrong. */
export function readConfig(environment: Environment): Config {
  const reader = new Reader(environment);
  refuseUnknown(environment, reader.faults);
  const tls = reader.parse('WARIFU_TLS', undefined, 'self-signed, or not set', (text) =>
    text === 'self-signed' ? text : undefined,
  );
  const port = reader.parse('PORT', 4000, 'a whole number from 1 to 65535', (text) =>
    /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535 ? Number(text) : undefined,
  );
  const issuer = reader.parse(
    'WARIFU_ISSUER',
    `${tls ? 'https' : 'http'}://localhost:${port}/`,
    'an address without path, such as https://id.example.com/; http is for localhost only, because everything that is sent could be read on the way',
    parseIssuer,
  );
  const environmentName = reader.parse(
    'WARIFU_ENV',
    isLoopback(issuer) ? 'development' : 'production',
    'production or development',
    (text) => (text === 'production' || text === 'development' ? text : undefined),
  );
  if (reader.text('WARIFU_ENV') === 'production' && !issuer.startsWith('https:')) {
    reader.faults.push('WARIFU_ENV=production needs a WARIFU_ISSUER that begins with https://.');
  }
  const data = resolve(reader.text('WARIFU_DATA') ?? 'data');
  const config: Config = {
    port,
    host: reader.text('HOST') ?? 'localhost',
    issuer,
    data,
    database: reader.parse('WARIFU_DATABASE', `sqlite:${join(data, 'warifu.sqlite')}`, 'sqlite:<path> or postgres://…', parseDatabase),
    adminEmail: reader.text('WARIFU_ADMIN_EMAIL') ?? 'admin@example.com',
    adminPassword: reader.text('WARIFU_ADMIN_PASSWORD'),
    managementClient: readManagementClient(reader),
    tls,
    logLevel: reader.parse('WARIFU_LOG_LEVEL', 'info', `one of ${logLevels.join(', ')}`, (text) =>
      logLevels.find((level) => level === text),
    ),
    development: environmentName === 'development' && isLoopback(issuer),
  };
  if (reader.faults.length > 0) throw new ConfigError(reader.faults);
  return config;
}
