// Owns the server that other people's libraries are tried against: the real one, with an API and a person.

import { Deployment, type Running } from '../e2e/deployment.ts';
import { createClient, type NewClient } from '../server/src/domain/clients.ts';
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

export class Server {
  readonly deployment: Deployment;
  #running: Running | undefined;

  private constructor(deployment: Deployment) {
    this.deployment = deployment;
  }

  /** A server that isn't started yet: applications and people are made first. */
  static async create(env: Record<string, string> = {}): Promise<Server> {
    const server = new Server(await Deployment.create(env));
    const scopes = [{ value: 'read:things' }, { value: 'write:things' }];
    await server.deployment.withTenant((ctx) =>
      createResourceServer(ctx, { name: 'Things', identifier: audience, scopes, allow_offline_access: true }),
    );
    return server;
  }

  get issuer(): URL {
    return new URL(this.deployment.issuer);
  }

  async register(settings: Partial<NewClient> = {}): Promise<Registered> {
    const { client, client_secret } = await this.deployment.withTenant((ctx) =>
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
    await this.deployment.withTenant(async (ctx) => {
      const passwordHash = await ctx.passwords.hash(password);
      const connection = 'Username-Password-Authentication';
      await createDatabaseUser(ctx, { connection, email, email_verified: true, passwordHash });
    });
    return new Person(email);
  }

  async start(): Promise<void> {
    this.#running = await this.deployment.start();
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
    this.deployment.remove();
  }
}
