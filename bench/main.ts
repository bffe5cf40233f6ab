// Owns `npm run bench`: the server on one core, the load from another, and ratios to what the machine can do.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  accessToken,
  clientCredentials,
  codeFlow,
  type Fixture,
  furnish,
  get,
  introspection,
  otherAlgorithms,
  pushedCodeFlow,
  refresh,
  revocation,
  signIn,
} from './fixture.ts';
import { startIssuer } from './issuer.ts';
import { Connection, type Loop, run } from './load.ts';
import { watchMemory } from './memory.ts';
import { cpuMs, residentMb } from './process.ts';
import { signaturesPerSecond, startBare } from './reference.ts';
import { watchTiming } from './timing.ts';

const serverCore = 0;
const connections = 16;
const seconds = Number(process.env['BENCH_SECONDS'] ?? 5);
const port = Number(process.env['BENCH_PORT'] ?? 4790);
const issuer = `http://localhost:${port}/`;
const _root = join(import.meta.dirname, '..');

interface Result {
  readonly name: string;
  readonly perSecond: number;
  readonly cpuMsEach: number;
  /** RS256 signatures that one operation needs. */
  readonly signatures: number;
}

interface Workload {
  readonly name: string;
  readonly loops: readonly Loop[];
  readonly signatures: number;
}

async function measure(pid: number, origin: string, { name, loops, signatures }: Workload): Promise<Result> {
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(origin)));
  await run(open, loops, 1);
  const before = cpuMs(pid);
  const load = await run(open, loops, seconds);
  const cpuMsEach = (cpuMs(pid) - before) / load.rounds;
  for (const connection of open) connection.close();
  return { name, perSecond: load.rounds / load.seconds, cpuMsEach, signatures };
}

async function measureBare(): Promise<Result> {
  const bare = await startBare(serverCore, port + 1);
  const result = await measure(bare.child.pid as number, `http://127.0.0.1:${port + 1}/`, {
    name: 'bare node:http',
    loops: [get('/')],
    signatures: 0,
  });
  await bare.stop();
  return result;
}

async function workloads(fixture: Fixture): Promise<Workload[]> {
  const cookies: string[] = [];
  for (let n = 0; n < connections; n += 1) cookies.push(await signIn(fixture, n));
  const token = await accessToken(fixture, cookies[0] as string);
  const refreshes = await Promise.all(cookies.map((cookie) => refresh(fixture, cookie)));
  return [
    { name: 'discovery', loops: [get('/.well-known/openid-configuration')], signatures: 0 },
    { name: 'JWKS', loops: [get('/.well-known/jwks.json')], signatures: 0 },
    { name: 'userinfo', loops: [get('/userinfo', { Authorization: `Bearer ${token}` })], signatures: 0 },
    { name: 'client credentials', loops: [clientCredentials(fixture)], signatures: 1 },
    ...otherAlgorithms.map((alg) => ({
      name: `the same, ${alg}`,
      loops: [clientCredentials(fixture, alg)],
      signatures: 0,
    })),
    { name: 'introspection', loops: [await introspection(fixture)], signatures: 0 },
    { name: 'token + revocation', loops: [revocation(fixture)], signatures: 1 },
    { name: 'code flow (silent)', loops: cookies.map((cookie) => codeFlow(fixture, cookie)), signatures: 2 },
    { name: 'the same, pushed', loops: cookies.map((cookie) => pushedCodeFlow(fixture, cookie)), signatures: 2 },
    { name: 'refresh', loops: refreshes, signatures: 2 },
  ];
}

function print(results: readonly Result[], bare: Result, signMs: number | undefined): void {
  console.log('\noperation             /s      CPU ms   × bare http   × its signatures');
  for (const { name, perSecond, cpuMsEach, signatures } of [bare, ...results]) {
    const ofBare = (cpuMsEach / bare.cpuMsEach).toFixed(2);
    const ofSignatures = signatures > 0 && signMs !== undefined ? (cpuMsEach / (signatures * signMs)).toFixed(2) : '-';
    const columns = [name.padEnd(20), perSecond.toFixed(0).padStart(6), cpuMsEach.toFixed(3).padStart(9)];
    console.log([...columns, ofBare.padStart(12), ofSignatures.padStart(17)].join(' '));
  }
}

const data = mkdtempSync(join(tmpdir(), 'warifu-bench-'));
try {
  const perSecond = signaturesPerSecond(serverCore);
  const bare = await measureBare();
  const fixture = await furnish(data, issuer, connections);
  await (await startIssuer(data, port)).stop();
  const server = await startIssuer(data, port);
  const pid = server.child.pid as number;
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const idleMb = residentMb(pid);
  const [what, count] = process.argv.slice(2);
  const results: Result[] = [];
  if (what === 'memory') await watchMemory(pid, issuer, fixture, Number(count ?? 1_000_000));
  else if (what === 'timing') await watchTiming(issuer, fixture, Number(count ?? 10_000));
  else for (const workload of await workloads(fixture)) results.push(await measure(pid, issuer, workload));
  const loadedMb = residentMb(pid);
  await server.stop();
  const signMs = perSecond === undefined ? undefined : 1000 / perSecond;
  print(results, bare, signMs);
  console.log(
    `\nRS256 signature, openssl on one core: ${signMs === undefined ? 'openssl is missing' : `${signMs.toFixed(3)} ms`}`,
  );
  console.log(
    `ready on existing data: ${server.readyMs.toFixed(0)} ms · resident: ${idleMb.toFixed(0)} MB idle, ${loadedMb.toFixed(0)} MB after the load`,
  );
  console.log(
    `${connections} connections, ${seconds} s each, server on one core, load from another; CPU is the server process's own.`,
  );
} finally {
  rmSync(data, { recursive: true, force: true });
}
