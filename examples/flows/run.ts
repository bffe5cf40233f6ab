// Owns the running of an example: a server of its own with what the example needs, then the example itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { furnish, startServer, temporaryDirectory } from '../../e2e/server.ts';
import { createResourceServer } from '../../server/src/domain/resource-servers.ts';
import { createDatabaseUser, type User } from '../../server/src/domain/users.ts';
import { audience, callback, type Flow } from './flow.ts';

export const email = 'hana@example.com';
export const password = 'Correct-horse-battery-1';

async function furnishAll(data: string, flow: Flow): Promise<Record<string, string>> {
  return furnish(data, async (ctx) => {
    const scopes = [{ value: 'read:things' }, { value: 'write:things' }];
    await createResourceServer(ctx, { name: 'Things', identifier: audience, scopes, allow_offline_access: true });
    const passwordHash = await ctx.passwords.hash(password);
    const connection = 'Username-Password-Authentication';
    const user = await createDatabaseUser(ctx, { connection, email, email_verified: true, passwordHash });
    const told = await flow.furnish(ctx);
    return { CALLBACK: callback, AUDIENCE: audience, USER_ID: (user as User).user_id, ...told };
  });
}

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs an example to its end. `onAddress` is told every address that a person is asked to open. */
export async function runFlow(flow: Flow, onAddress: (address: string) => void): Promise<Outcome> {
  const data = temporaryDirectory();
  const furnished = await furnishAll(data, flow);
  const server = await startServer({ data });
  try {
    const told = { ...furnished, ISSUER: server.issuer, USER_EMAIL: email, USER_PASSWORD: password };
    const env = { PATH: process.env['PATH'], ...told, ...(await flow.prepare?.(told)) };
    const file = join(import.meta.dirname, `${flow.name}.mjs`);
    const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.out += text;
      for (const [, address] of text.matchAll(/^Open in a browser: (\S+)$/gm)) onAddress(String(address));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, ...said };
  } finally {
    await server.stop();
  }
}
