// Owns a browser for tests over `app.inject`: it keeps cookies, reads forms and follows redirects on our own origin.
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import type { TestTenant } from './tenant.ts';

export interface Answer {
  readonly status: number;
  readonly headers: LightMyRequestResponse['headers'];
  readonly body: string;
  /** The address that was answered, without the origin. */
  readonly url: string;
  /** Where the answer leads, when that is somewhere else than here. */
  readonly location: URL | undefined;
}

export class TestBrowser {
  readonly cookies = new Map<string, string>();
  readonly #tenant: TestTenant;
  readonly #headers: Record<string, string>;

  constructor(tenant: TestTenant, headers: Record<string, string> = {}) {
    this.#tenant = tenant;
    this.#headers = headers;
  }

  async #send(options: InjectOptions): Promise<LightMyRequestResponse> {
    const { host } = new URL(this.#tenant.ctx.issuer);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { host, ...this.#headers, ...(cookie === '' ? {} : { cookie }), ...options.headers };
    const response = await this.#tenant.app.inject({ ...options, headers });
    for (const line of [response.headers['set-cookie'] ?? []].flat()) this.#keep(line);
    return response;
  }

  #keep(line: string): void {
    const [pair = ''] = line.split(';');
    const name = pair.slice(0, pair.indexOf('='));
    if (/;\s*Max-Age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, pair.slice(name.length + 1));
  }

  /** Sends one request and follows no redirect. */
  async request(options: InjectOptions): Promise<Answer> {
    const response = await this.#send(options);
    const { location } = response.headers;
    return {
      status: response.statusCode,
      headers: response.headers,
      body: response.body,
      url: String(options.url),
      location: typeof location === 'string' ? new URL(location, this.#tenant.ctx.issuer) : undefined,
    };
  }

  async #follow(answer: Answer): Promise<Answer> {
    const { origin } = new URL(this.#tenant.ctx.issuer);
    let current = answer;
    for (let hops = 0; current.location?.origin === origin && hops < 10; hops += 1) {
      current = await this.request({ method: 'GET', url: current.location.pathname + current.location.search });
    }
    return current;
  }

  /** Opens an address and follows redirects until a page is shown or another origin is reached. */
  async open(url: string): Promise<Answer> {
    return this.#follow(await this.request({ method: 'GET', url }));
  }

  /** Fills in the form of a page and sends it. */
  async submit(page: Answer, fields: Record<string, string>): Promise<Answer> {
    return this.#follow(await this.request(formRequest(page, fields)));
  }
}

/** The request that a page's form makes, hidden fields and main button included. */
export function formRequest(page: Answer, fields: Record<string, string>): InjectOptions & { url: string } {
  const hidden = [...page.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  const all = { ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])), action: 'default', ...fields };
  return {
    method: 'POST',
    url: page.url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(all as Record<string, string>).toString(),
  };
}
