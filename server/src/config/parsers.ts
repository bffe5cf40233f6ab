// Owns the reading of one setting's text: each parser gives the value, or says what is wrong and what would be right.
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { canonicalEmail } from '#domain/email-address';

/** Completes the sentence "SETTING …": what the text is, what is expected, and an example of it. */
export interface Fault {
  readonly is: string;
  readonly expected: string;
  readonly example: string;
}

export type Parsed<T> = { readonly value: T } | { readonly fault: Fault };

/** Reads a setting's text, which is never empty. Relative paths start at `directory`. */
export type Parser<T> = (text: string, directory: string) => Parsed<T>;

const right = <T>(value: T): Parsed<T> => ({ value });
const wrong = (is: string, expected: string, example: string): Parsed<never> => ({ fault: { is, expected, example } });

export const port: Parser<number> = (text) =>
  /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
    ? right(Number(text))
    : wrong('is not a port number', 'a whole number from 1 to 65535', '4000');

/** An address or name to listen on: one without a scheme, a port or brackets. */
export const listenHost: Parser<string> = (text) =>
  isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text)
    ? right(text)
    : wrong('is not a host', 'an IP address or a host name, without scheme, port or brackets', '0.0.0.0');

/** An issuer: an http or https origin, given back with its trailing slash. */
export const issuer: Parser<URL> = (text) => {
  const fault = (is: string) => wrong(is, 'the address that people reach the server at', 'https://login.example.com/');
  const url = URL.parse(text);
  if (!url || !/^https?:\/\//i.test(text)) return fault('is not an http or https URL');
  if (url.username !== '' || url.password !== '') return fault('carries credentials');
  if (text.includes('?')) return fault('carries a query');
  if (text.includes('#')) return fault('carries a fragment');
  return url.pathname === '/' ? right(url) : fault('carries a path');
};

export const directoryPath: Parser<string> = (text, directory) =>
  text.includes('\0') ? wrong('is not a path', 'the path of a directory', './data') : right(resolve(directory, text));

export const filePath: Parser<string> = (text, directory) =>
  text.includes('\0') ? wrong('is not a path', 'the path of a file', './ca.pem') : right(resolve(directory, text));

/** The name of an HTTP header, in lower case. */
export const headerName: Parser<string> = (text) =>
  /^[A-Za-z0-9-]{1,64}$/.test(text)
    ? right(text.toLowerCase())
    : wrong('is not the name of a header', 'letters, digits and hyphens', 'client-cert');

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = isIP(address) === 4 ? 32 : 128;
  return (
    isIP(address) !== 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && +prefix <= bits))
  );
}

/** Addresses and networks, with commas between. */
export const networks: Parser<readonly string[]> = (text) => {
  const parts = text.split(',').map((part) => part.trim());
  return parts.every(isNetwork)
    ? right(parts)
    : wrong('is not a list of addresses', 'addresses and networks, with commas between', '10.0.0.1,192.168.0.0/16');
};

/** `sqlite:` and an absolute path or `:memory:`, or a PostgreSQL URL as it was given. */
export const database: Parser<string> = (text, directory) => {
  const expected = 'sqlite: and the path of a file, or a PostgreSQL URL with the name of a database';
  const fault = (is: string) => wrong(is, expected, 'postgres://warifu:password@localhost:5432/warifu');
  if (text.startsWith('sqlite:')) {
    const path = text.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
    // SQLite's name for a database that is forgotten when the server stops.
    if (path === ':memory:') return right(text);
    return /^(?:$|\/\/)/.test(path) || path.includes('\0')
      ? fault('names no file')
      : right(`sqlite:${resolve(directory, path)}`);
  }
  if (!/^postgres(?:ql)?:\/\//.test(text)) return fault('is not a database that is known here');
  const url = URL.parse(text);
  if (!url) return fault('is not a well-formed PostgreSQL URL (a special character in its password is written as %40)');
  return url.pathname.length > 1 ? right(text) : fault('names no database');
};

export const email: Parser<string> = (text) => {
  const address = canonicalEmail(text);
  return address === undefined
    ? wrong('is not an e-mail address', 'an address that mail can be sent to', 'admin@example.com')
    : right(address);
};

/** A whole number of days; 0 is never, which is Infinity. */
export const days: Parser<number> = (text) =>
  /^\d{1,4}$/.test(text) && Number(text) <= 3650
    ? right(Number(text) || Infinity)
    : wrong('is not a number of days', 'a whole number from 1 to 3650, or 0 for never', '90');

/** A whole number of megabytes, as bytes. */
export const megabytes: Parser<number> = (text) =>
  /^[1-9]\d{0,4}$/.test(text)
    ? right(Number(text) * 1_000_000)
    : wrong('is no number of megabytes', 'a whole number from 1 to 99999', '500');

export const perMinute: Parser<number> = (text) =>
  /^[1-9]\d{0,7}$/.test(text)
    ? right(Number(text))
    : wrong('is no number of requests', 'a whole number from 1', '60000');

export const secret: Parser<string> = (text) => right(text);

export const clientId: Parser<string> = (text) =>
  /^[A-Za-z0-9._~-]{1,64}$/.test(text)
    ? right(text)
    : wrong('is not a client id', '1 to 64 letters, digits and the characters . _ ~ -', 'deployment-pipeline');

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly [Word, ...Word[]], example: Word): Parser<Word> {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    return word === undefined ? wrong('is not known', words.join(', '), example) : right(word);
  };
}
