// Owns what the machine can do at best today: the rates that ours are compared with.
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { onCore, startOn } from './process.ts';

/** RS256 signatures a second on one core, by `openssl speed`; undefined where there is no openssl. */
export function signaturesPerSecond(core: number): number | undefined {
  try {
    const [command, args] = onCore(core, 'openssl', ['speed', '-seconds', '2', 'rsa2048']);
    const output = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const row = output.split('\n').find((line) => /^rsa +2048 bits/.test(line));
    // "rsa 2048 bits <sign> <verify> <encrypt> <decrypt> <sign/s> …": the first whole rate is the signature's.
    const rates = row?.match(/\b\d+\.\d\b/g);
    return rates?.[0] === undefined ? undefined : Number(rates[0]);
  } catch {
    return undefined;
  }
}

/** A bare `node:http` server with a small JSON answer, as a process of its own. */
export async function startBare(core: number, port: number) {
  return startOn(core, [process.execPath, fileURLToPath(import.meta.url), String(port)], process.env, 'bare');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const body = JSON.stringify({ hello: 'world', n: 1 });
  createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  }).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('bare'));
}
