// Owns a person without a browser: they follow redirects, keep cookies, and fill in the sign-in pages' forms.
import assert from 'node:assert/strict';

export const password = 'Correct-horse-battery-1';

const hiddenFields = /<input type="hidden" name="([^"]+)" value="([^"]*)"/g;

/** What a page posts to the application by itself (form_post), as if its address held it. */
function postedElsewhere(page: string, origin: string): URL | undefined {
  const [, action = ''] = /<form method="post" action="(https?:[^"]+)"/.exec(page) ?? [];
  if (!URL.canParse(action) || new URL(action).origin === origin) return undefined;
  const url = new URL(action);
  for (const [, name = '', value = ''] of page.matchAll(hiddenFields)) url.searchParams.set(name, value);
  return url;
}

/** Goes on from an address of ours until the application's own is reached. Keeps cookies between visits. */
export class Person {
  readonly email: string;
  /** To who asks for something that the person may refuse. */
  readonly #answer: 'accept' | 'deny';
  readonly #cookies = new Map<string, string>();

  constructor(email: string, answer: 'accept' | 'deny' = 'accept') {
    this.email = email;
    this.#answer = answer;
  }

  async #send(url: URL, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie, 'accept-language': 'en' } });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const name = pair.slice(0, pair.indexOf('='));
      if (/max-age=0/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, pair.slice(name.length + 1));
    }
    return response;
  }

  /** What a person types into the form of a page. */
  #fill(page: string): URLSearchParams {
    const form = new URLSearchParams({ action: page.includes('value="accept"') ? this.#answer : 'default' });
    for (const [, name = '', value = ''] of page.matchAll(hiddenFields)) {
      form.set(name, value);
    }
    // A device's code comes with the address.
    const code = /<input [^>]*name="user_code" value="([^"]*)"/.exec(page)?.[1];
    if (code !== undefined) form.set('user_code', code);
    for (const name of ['username', 'email']) if (page.includes(` name="${name}"`)) form.set(name, this.email);
    if (page.includes(' name="password"')) form.set('password', password);
    return form;
  }

  /**
   * Visits an address, answers whatever is asked, and returns the address that it ends at: the application's, or a page
   * of ours that asks nothing. What waits for the person is opened and allowed.
   */
  async visit(start: URL | string): Promise<URL> {
    let url = new URL(start);
    const { origin } = url;
    let response = await this.#send(url);
    for (let steps = 0; steps < 20; steps += 1) {
      const location = response.headers.get('location');
      if (location !== null) {
        url = new URL(location, url);
        if (url.origin !== origin) return url;
        response = await this.#send(url);
        continue;
      }
      const page = await response.text();
      assert.equal(response.status, 200, page);
      const posted = postedElsewhere(page, origin);
      if (posted) return posted;
      if (!page.includes('<form')) {
        const waiting = /href="(\/u\/approvals\/review\?[^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&');
        if (waiting === undefined) return url;
        url = new URL(waiting, url);
        response = await this.#send(url);
        continue;
      }
      response = await this.#send(url, { method: 'POST', body: this.#fill(page) });
    }
    throw new Error(`No end was reached; the last address is ${url}`);
  }
}
