// Owns the deployment that other people's libraries are tried against: the real server, with what they need.
import assert from 'node:assert/strict';
import { furnish, type Server, startServer, temporaryDirectory } from '../e2e/server.ts';
import { createClient, type NewClient } from '../server/src/domain/clients.ts';
import type { Context } from '../server/src/domain/context.ts';
import { createResourceServer } from '../server/src/domain/resource-servers.ts';
import { createDatabaseUser } from '../server/src/domain/users.ts';
import { Person, password } from './person.ts';

export const audience = 'https://api.example.com/';
export const callback = 'https://app.example.com/callback';
export const afterLogout = 'https://app.example.com/goodbye';

export interface Registered {
  readonly client_id: string;
  readonly client_secret: string | undefined;
}

/** A deployment that is furnished first and then started. */
export class Deployment {
  readonly data = temporaryDirectory();
  readonly #env: NodeJS.ProcessEnv;
  #server: Server | undefined;

  constructor(env: NodeJS.ProcessEnv = {}) {
    this.#env = { ...env };
  }

  /** Of the started server. */
  get issuer(): URL {
    assert.ok(this.#server);
    return new URL(this.#server.issuer);
  }

  /** Gives the server another setting, before it is started. */
  set(name: string, value: string): void {
    this.#env[name] = value;
  }

  /** Works on the tenant while no server runs. */
  furnish<T>(work: (ctx: Context) => Promise<T>): Promise<T> {
    return furnish(this.data, work);
  }

  async createApi(): Promise<void> {
    const scopes = [{ value: 'read:things' }, { value: 'write:things' }];
    const api = { name: 'Things', identifier: audience, scopes, allow_offline_access: true };
    await this.furnish((ctx) => createResourceServer(ctx, api));
  }

  async register(settings: Partial<NewClient> = {}): Promise<Registered> {
    const { client, client_secret } = await this.furnish((ctx) =>
      createClient(ctx, {
        name: 'Relying party',
        app_type: 'regular_web',
        callbacks: [callback],
        allowed_logout_urls: [afterLogout],
        ...settings,
      }),
    );
    return { client_id: client.client_id, client_secret };
  }

  async person(email: string): Promise<Person> {
    await this.furnish(async (ctx) => {
      const passwordHash = await ctx.passwords.hash(password);
      const connection = 'Username-Password-Authentication';
      await createDatabaseUser(ctx, { connection, email, email_verified: true, passwordHash });
    });
    return new Person(email);
  }

  async start(): Promise<Server> {
    this.#server = await startServer({ data: this.data, env: this.#env });
    return this.#server;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}
