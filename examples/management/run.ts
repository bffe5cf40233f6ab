// Owns the running of the example: a server of its own with an application that may manage it, then the example itself.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { startServer, temporaryDirectory } from '../../e2e/server.ts';

const clientId = 'ApplicationThatManagesTheExample';

export interface Outcome {
  readonly code: number | null;
  /** All that it has written to both streams. */
  readonly said: string;
}

/** Runs the example to its end. The server speaks TLS, as the SDK does, with a certificate that the example trusts. */
export async function runExample(): Promise<Outcome> {
  const data = temporaryDirectory();
  const secret = randomBytes(32).toString('base64url');
  const management = { WARIFU_MANAGEMENT_CLIENT_ID: clientId, WARIFU_MANAGEMENT_CLIENT_SECRET: secret };
  const server = await startServer({ data, env: { WARIFU_TLS: 'self-signed', ...management } });
  try {
    const told = { DOMAIN: new URL(server.issuer).host, CLIENT_ID: clientId, CLIENT_SECRET: secret };
    const password = { USER_PASSWORD: `Aa1-${randomBytes(12).toString('base64url')}` };
    const env = { ...told, ...password, NODE_EXTRA_CA_CERTS: join(data, 'tls', 'ca.pem') };
    const file = join(import.meta.dirname, 'set-up.mjs');
    const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    }
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said };
  } finally {
    await server.stop();
  }
}

if (import.meta.main) {
  const { code, said } = await runExample();
  console.log(said);
  process.exitCode = code ?? 1;
}
