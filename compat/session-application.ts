// Owns an HTML application that keeps its sessions with @warifu/verify/session, and somebody who visits it.
import assert from 'node:assert/strict';
import type { SessionOptions, Sessions } from '@warifu/verify/session';
import { createClient, type NewClient } from '../server/src/domain/clients.ts';
import { TestBrowser } from '../server/src/testing/browser.ts';
import { type TestTenant, testPassword } from '../server/src/testing/tenant.ts';

export const baseUrl = 'https://app.example.com';
export const email = 'hana@example.com';

/** How the application's servers reach the issuer. */
function fetchFrom({ app }: TestTenant): typeof fetch {
  return async (input, init) => {
    const { pathname, search, host } = new URL(String(input));
    const isPost = init?.method === 'POST';
    const answer = await app.inject({
      method: isPost ? 'POST' : 'GET',
      url: pathname + search,
      headers: { host, ...(isPost ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) },
      ...(init?.body ? { payload: String(init.body) } : {}),
    });
    return new Response(answer.statusCode === 204 ? null : answer.body, { status: answer.statusCode });
  };
}

/** Registers the application. Returns what its servers are told. */
export async function register(
  tenant: TestTenant,
  origin = baseUrl,
  settings: Partial<NewClient> = {},
): Promise<SessionOptions> {
  const { client, client_secret = '' } = await createClient(tenant.ctx, {
    name: 'Application',
    app_type: 'regular_web',
    callbacks: [`${origin}/auth/callback`],
    allowed_logout_urls: [`${origin}/`],
    ...settings,
  });
  return {
    issuer: tenant.ctx.issuer,
    clientId: client.client_id,
    clientSecret: client_secret,
    baseUrl: origin,
    secret: 'the servers of the application share this secret',
    feed: 'poll',
    pollInterval: 0.01,
    fetch: fetchFrom(tenant),
    now: tenant.ctx.now,
  };
}

export type Send = (request: Request) => Promise<Response>;

/** The application itself, as its guide writes it: whoever isn't signed in is sent to do so. */
export function application(sessions: Sessions): Send {
  return async (request) => {
    const own = await sessions.handle(request);
    if (own) return own;
    const session = await sessions.read(request);
    const { pathname } = new URL(request.url);
    if (!session) return Response.redirect(sessions.loginUrl(pathname));
    return Response.json({ path: pathname, user: session.user });
  };
}

/** What the application shows who is signed in. */
export interface Shown {
  readonly path: string;
  readonly user: { readonly sub: string; readonly email?: string };
}

/** Somebody's browser, at the application and at the issuer. */
export class Visitor {
  readonly cookies = new Map<string, string>();
  readonly issuer: TestBrowser;
  /** The headers that set cookies, of the last answer. */
  set: readonly string[] = [];
  send: Send;

  constructor(tenant: TestTenant, send: Send) {
    this.issuer = new TestBrowser(tenant);
    this.send = send;
  }

  /** A request with this browser's cookies. */
  request(url: string, init: RequestInit = {}): Request {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return new Request(url, { ...init, redirect: 'manual', headers: { cookie, ...(init.headers as object) } });
  }

  keep(lines: readonly string[]): void {
    this.set = lines;
    for (const line of lines) {
      const [pair = ''] = line.split(';');
      const name = pair.slice(0, pair.indexOf('='));
      if (/;\s*Max-Age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, pair.slice(name.length + 1));
    }
  }

  /** Opens an address of the application, and follows nothing. */
  async open(url: string, init?: RequestInit): Promise<Response> {
    const response = await this.send(this.request(url, init));
    this.keep(response.headers.getSetCookie());
    return response;
  }

  /** Goes to the issuer, and signs in if asked. Returns where it leads back to. */
  async signIn(url: string): Promise<string> {
    const { pathname, search } = new URL(url);
    let page = await this.issuer.open(pathname + search);
    if (!page.location) {
      page = await this.issuer.submit(page, { username: email });
      page = await this.issuer.submit(page, { password: testPassword });
    }
    assert.ok(page.location, page.body);
    return page.location.href;
  }

  /** Follows wherever an address leads, through the sign-in too. */
  async go(url: string): Promise<Response> {
    let response = await this.open(url);
    for (let hops = 0; response.headers.has('location'); hops += 1) {
      assert.ok(hops < 10, `${url} leads to nowhere.`);
      const next = new URL(response.headers.get('location') ?? '', url);
      const isOwn = next.origin === new URL(url).origin;
      response = await this.open(isOwn ? next.href : await this.signIn(next.href));
    }
    return response;
  }

  /** Goes to a page of the application. Returns what it shows. */
  async visit(path = '/things', origin = baseUrl): Promise<Shown> {
    const response = await this.go(origin + path);
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as Shown;
  }
}
