// Owns the replay of recorded Auth0 traffic against a fresh server of ours, by the harness that comes with the recordings.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer, temporaryDirectory } from '../../e2e/server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The recordings are somebody else's and lie beside the checkout, or nowhere. */
export const recordings = resolve(root, '..', 'shared', 'auth0-recordings');
export const areThere = existsSync(join(recordings, 'replay.mjs'));

const client_id = 'RecordingsReplayClient0000000000';
const client_secret = 'a-secret-of-the-replay-that-lives-for-one-run';

async function fetchToken(issuer: string): Promise<string> {
  const response = await fetch(`${issuer}oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id,
      client_secret,
      audience: `${issuer}api/v2/`,
    }),
  });
  const body = (await response.json()) as { access_token?: string };
  if (body.access_token === undefined) throw new Error(`No token: ${JSON.stringify(body)}`);
  return body.access_token;
}

/** Replays with the harness's own options beside. Returns its exit code; what it prints goes to `stdout`. */
export async function replay(options: readonly string[], stdout: 'inherit' | 'ignore' = 'inherit'): Promise<number> {
  const env = { WARIFU_MANAGEMENT_CLIENT_ID: client_id, WARIFU_MANAGEMENT_CLIENT_SECRET: client_secret };
  const server = await startServer({ data: temporaryDirectory(), env });
  try {
    const base = server.issuer.replace(/\/$/, '');
    const args = ['--base', base, '--token', await fetchToken(server.issuer), '--cassettes', recordings, ...options];
    const harness = spawn(process.execPath, [join(recordings, 'replay.mjs'), ...args], {
      cwd: root,
      stdio: ['ignore', stdout, 'inherit'],
    });
    const [code] = (await once(harness, 'close')) as [number];
    return code;
  } finally {
    await server.stop();
  }
}
