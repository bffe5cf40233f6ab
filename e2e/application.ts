// Owns an application for tests, on an origin of its own: it asks for sign-ins and shows what came back.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createClient, type NewClient } from '../server/src/domain/clients.ts';
import type { Deployment } from './deployment.ts';

export interface Application {
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly origin: string;
  readonly callback: string;
  /** The address that asks for a sign-in. */
  authorizeUrl(extra?: Record<string, string>): string;
  close(): Promise<void>;
}

/** Shows what came back as it came: method and parameters, in the page's text. */
function echo() {
  return createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      const query = new URL(request.url ?? '/', 'http://application/').search.slice(1);
      const answer = JSON.stringify({
        method: request.method,
        ...Object.fromEntries(new URLSearchParams(body || query)),
      });
      const text = answer.replace(/[<&]/g, (character) => `&#${character.charCodeAt(0)};`);
      response.end(
        `<!doctype html><link rel="icon" href="data:,"><title>Application</title><pre id="answer">${text}</pre>`,
      );
    });
  });
}

/** Makes an application while no server runs, and listens for what is sent to it. */
export async function createApplication(
  deployment: Deployment,
  settings: Partial<NewClient> = {},
): Promise<Application> {
  const server = echo().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const callback = `${origin}/callback`;
  const { client, client_secret } = await deployment.withTenant((ctx) =>
    createClient(ctx, {
      name: 'Persimmon Calendar',
      app_type: 'spa',
      callbacks: [callback],
      allowed_logout_urls: [`${origin}/`],
      web_origins: [origin],
      ...settings,
    }),
  );
  const challenge = createHash('sha256').update(randomBytes(32).toString('base64url')).digest('base64url');
  return {
    clientId: client.client_id,
    clientSecret: client_secret,
    origin,
    callback,
    authorizeUrl: (extra = {}) =>
      `${deployment.issuer}authorize?${new URLSearchParams({
        client_id: client.client_id,
        redirect_uri: callback,
        response_type: 'code',
        scope: 'openid profile email',
        state: 'the-state',
        code_challenge: challenge,
        code_challenge_method: 'S256',
        ...extra,
      })}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
