// Owns the applications that people sign in to on the walks: tiny web servers, each on an origin that isn't the server's.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Page } from 'playwright-core';
import { createClient, type NewClient } from '../server/src/domain/clients.ts';
import type { Context } from '../server/src/domain/context.ts';

const verifier = 'a-verifier-that-every-application-of-the-walks-has-in-common';

/** An authorization response, as it reached the application. */
export interface Response {
  readonly method: string;
  readonly parameters: URLSearchParams;
}

export interface PageFile {
  readonly type: string;
  readonly body: string;
}

/** Undefined takes a default away. */
export type Fields = Readonly<Record<string, string | undefined>>;

export type Tokens = Readonly<Record<'access_token' | 'id_token' | 'refresh_token' | 'scope', string>>;

async function parametersOf(request: IncomingMessage): Promise<URLSearchParams> {
  return request.method === 'POST'
    ? new URLSearchParams(await text(request))
    : new URL(request.url ?? '', 'http://application').searchParams;
}

function encode(fields: Fields): string {
  return new URLSearchParams(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined),
  ).toString();
}

/** The claims of a JWT, whose signature is somebody else's to check. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

export class Application {
  readonly clientId: string;
  readonly origin: string;
  readonly callback: string;
  /** Where people arrive who logged out. */
  readonly farewell: string;
  readonly #responses: Response[];
  readonly #close: () => void;

  private constructor(clientId: string, origin: string, close: () => void, responses: Response[]) {
    this.clientId = clientId;
    this.origin = origin;
    this.callback = `${origin}/callback`;
    this.farewell = `${origin}/farewell`;
    this.#responses = responses;
    this.#close = close;
  }

  /** `files` are served instead of the empty page, by path: what the application is made of, where it matters. */
  static async listen(clientId: string, files: Readonly<Record<string, PageFile>> = {}): Promise<Application> {
    const responses: Response[] = [];
    const server = createServer(async (request, reply) => {
      const parameters = await parametersOf(request);
      const { pathname } = new URL(request.url ?? '', 'http://application');
      if (pathname === '/callback') responses.push({ method: request.method ?? '', parameters });
      const file = files[pathname];
      reply.setHeader('content-type', file?.type ?? 'text/html; charset=utf-8');
      if (file) return reply.end(file.body);
      reply.end(
        `<!doctype html><html lang="en"><title>${clientId}</title><link rel="icon" href="data:,"><h1>${clientId} ${pathname}</h1>`,
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address);
    const close = () => {
      server.close();
      server.closeAllConnections();
    };
    return new Application(clientId, `http://127.0.0.1:${address.port}`, close, responses);
  }

  register(ctx: Context, settings: Partial<NewClient> = {}) {
    return createClient(ctx, {
      client_id: this.clientId,
      name: this.clientId,
      app_type: 'spa',
      callbacks: [this.callback],
      allowed_logout_urls: [this.farewell],
      web_origins: [this.origin],
      ...settings,
    });
  }

  /** The address that asks the server for a sign-in. */
  authorizeUrl(issuer: string, extra: Fields = {}): string {
    const request = {
      client_id: this.clientId,
      redirect_uri: this.callback,
      response_type: 'code',
      scope: 'openid email',
      state: 'the-state',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    };
    return `${issuer}authorize?${encode({ ...request, ...extra })}`;
  }

  /** Waits until the page has come back here. Returns the response that it brought. */
  async arrival(page: Page): Promise<Response> {
    await page.waitForURL((url) => url.origin === this.origin && url.pathname === '/callback');
    return this.#responses.pop() ?? assert.fail('The callback was shown, but nothing was received.');
  }

  /** Waits for a response with a code, and exchanges that. */
  async tokens(issuer: string, page: Page): Promise<Tokens> {
    const { parameters } = await this.arrival(page);
    return this.redeem(issuer, parameters.get('code') ?? assert.fail(`no code: ${parameters}`));
  }

  async redeem(issuer: string, code: string): Promise<Tokens> {
    const fields = { grant_type: 'authorization_code', code, client_id: this.clientId, redirect_uri: this.callback };
    const body = new URLSearchParams({ ...fields, code_verifier: verifier });
    const response = await fetch(`${issuer}oauth/token`, { method: 'POST', body });
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as Tokens;
  }

  close(): void {
    this.#close();
  }
}
