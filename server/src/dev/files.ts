// Owns the demo application's files: its own browser code, and Auth0's SDK as it comes in the npm package.
import { readFile } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sha256 } from '#crypto/digest';
import { type ReadyMade, readyMade, sendReadyMade } from '#http/ready-made';
import { guards } from './layout.ts';

const own = (name: string) => () => new URL(`./client/${name}`, import.meta.url);

// The package's entry resolves to dist/lib/…; the browser's builds lie one folder above it.
const sdk = (name: string) => () => new URL(`../${name}`, import.meta.resolve('@auth0/auth0-spa-js'));

/** Address → where the file is. Resolved and read at the first request, so that they cost nothing at start. */
const locations: Record<string, () => URL> = {
  '/demo/app.js': own('app.js'),
  '/demo/calls.js': own('calls.js'),
  '/demo/tokens.js': own('tokens.js'),
  '/demo/token-view.js': own('token-view.js'),
  '/demo/worker.js': own('worker.js'),
  '/demo/style.css': own('style.css'),
  // One mark for all of our pages.
  '/demo/logo.svg': () => new URL('../login/assets/logo.svg', import.meta.url),
  '/demo/vendor/auth0-spa-js.js': sdk('auth0-spa-js.production.esm.js'),
  '/demo/vendor/auth0-spa-js.worker.js': sdk('auth0-spa-js.worker.production.js'),
};

const types: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Kept by the browser, but compared with ours (by ETag) before each use. */
function publicFile(content: string, extension: string): ReadyMade {
  return readyMade(content, sha256(content), {
    ...guards,
    'content-type': types[extension] as string,
    'cache-control': 'no-cache',
  });
}

export const fileAddresses = Object.keys(locations);

/** Answers with the file of this address; it is read from the disk once. */
export function demoFile(address: string) {
  const extension = address.split('.').at(-1) as string;
  const read = async () => publicFile(await readFile((locations[address] as () => URL)(), 'utf8'), extension);
  let file: Promise<ReadyMade> | undefined;
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    file ??= read();
    return sendReadyMade(request, reply, await file);
  };
}

/** Answers with an ES module that exports one JSON value under the given name. */
export function dataModule(name: string, value: unknown) {
  const file = publicFile(`export const ${name} = ${JSON.stringify(value, null, 2)};\n`, 'js');
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => sendReadyMade(request, reply, file);
}
