// Owns the acts whose effect is measured: each with a token of its own, of a person or of an application.

import { type Fixture, signIn, tokensOf } from './fixture.ts';
import { administrator } from './issuer.ts';
import { Connection, type Request, type Response } from './load.ts';

export const acts = [
  'access token revoked',
  'refresh token revoked',
  'log-out',
  'session ended by an administrator',
  'person blocked',
  'application deleted',
] as const;

type Act = (typeof acts)[number];

export interface Prepared {
  readonly token: string;
  /** Resolves when the issuer has answered. */
  end(): Promise<void>;
}

const audience = 'https://api.example.com/';
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

function claimsOf(token: string): { sub: string; sid: string } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

function expect(response: Response, ...statuses: readonly number[]): Response {
  if (!statuses.includes(response.status)) throw new Error(`${response.status}: ${response.body.slice(0, 300)}`);
  return response;
}

export class Acts {
  readonly #fixture: Fixture;
  readonly #connection: Connection;
  readonly #management: string;
  #people = 0;

  private constructor(fixture: Fixture, connection: Connection, management: string) {
    this.#fixture = fixture;
    this.#connection = connection;
    this.#management = management;
  }

  static async open(fixture: Fixture): Promise<Acts> {
    const connection = await Connection.open(fixture.origin, fixture.issuer);
    const fields = { grant_type: 'client_credentials', audience: `${fixture.issuer}api/v2/`, ...administrator };
    const body = new URLSearchParams(fields).toString();
    const answer = expect(await connection.send({ method: 'POST', path: '/oauth/token', headers: form, body }), 200);
    return new Acts(fixture, connection, JSON.parse(answer.body).access_token);
  }

  close(): void {
    this.#connection.close();
  }

  async #post(path: string, fields: Record<string, string>): Promise<Record<string, string>> {
    const body = new URLSearchParams(fields).toString();
    const answer = expect(await this.#connection.send({ method: 'POST', path, headers: form, body }), 200);
    return answer.body === '' ? {} : JSON.parse(answer.body);
  }

  async #manage(method: Request['method'], resource: string, sent?: object): Promise<Record<string, string>> {
    const headers = { Authorization: `Bearer ${this.#management}`, 'Content-Type': 'application/json' };
    const body = sent ? JSON.stringify(sent) : '';
    const request = { method, path: `/api/v2${resource}`, headers, body };
    const answer = expect(await this.#connection.send(request), 200, 201, 202, 204);
    return answer.body === '' ? {} : JSON.parse(answer.body);
  }

  /** A token that nothing will end. */
  async goodToken(): Promise<string> {
    return this.#machineToken(this.#fixture.machine);
  }

  async #machineToken(machine: Fixture['machine']): Promise<string> {
    const fields = { grant_type: 'client_credentials', audience, ...machine };
    return (await this.#post('/oauth/token', fields))['access_token'] as string;
  }

  async #person() {
    const cookie = await signIn(this.#fixture, this.#people);
    this.#people += 1;
    return { cookie, ...(await tokensOf(this.#fixture, cookie)) };
  }

  async prepare(act: Act): Promise<Prepared> {
    const { machine, clientId } = this.#fixture;
    if (act === 'application deleted') return this.#application();
    if (act === 'access token revoked') {
      const token = await this.#machineToken(machine);
      return { token, end: async () => void (await this.#post('/oauth/revoke', { ...machine, token })) };
    }
    const { cookie, access_token: token, refresh_token } = await this.#person();
    const { sub, sid } = claimsOf(token);
    const ends: Record<Exclude<Act, 'application deleted' | 'access token revoked'>, () => Promise<unknown>> = {
      'refresh token revoked': () => this.#post('/oauth/revoke', { client_id: clientId, token: refresh_token }),
      'log-out': async () =>
        expect(await this.#connection.send({ method: 'GET', path: '/v2/logout', headers: { Cookie: cookie } }), 302),
      'session ended by an administrator': () => this.#manage('DELETE', `/sessions/${sid}`),
      'person blocked': () => this.#manage('PATCH', `/users/${encodeURIComponent(sub)}`, { blocked: true }),
    };
    return { token, end: async () => void (await ends[act]()) };
  }

  /** An HTML application's credentials. */
  async application(callback: string): Promise<Fixture['machine']> {
    const made = await this.#manage('POST', '/clients', {
      name: 'HTML',
      app_type: 'regular_web',
      callbacks: [callback],
    });
    return { client_id: made['client_id'] ?? '', client_secret: made['client_secret'] ?? '' };
  }

  async #application(): Promise<Prepared> {
    const made = await this.#manage('POST', '/clients', { name: 'Short-lived', app_type: 'non_interactive' });
    const { client_id = '', client_secret = '' } = made;
    await this.#manage('POST', '/client-grants', { client_id, audience, scope: ['read:things'] });
    const token = await this.#machineToken({ client_id, client_secret });
    return { token, end: async () => void (await this.#manage('DELETE', `/clients/${client_id}`)) };
  }
}
