// Owns the server that is examined: the real one over TLS, with a person whose profile is full.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../e2e/server.ts';
import { changeAccount } from '../../server/src/domain/account-changes.ts';
import { grantClient } from '../../server/src/domain/client-grants.ts';
import type { NewClient } from '../../server/src/domain/clients.ts';
import { findDatabase } from '../../server/src/domain/connections.ts';
import { logoutListeners } from '../../server/src/domain/logout-outbox.ts';
import { createResourceServer } from '../../server/src/domain/resource-servers.ts';
import { sessionLifetimes, startSession } from '../../server/src/domain/sessions.ts';
import { changeTenantSettings } from '../../server/src/domain/tenant-settings.ts';
import { Deployment, type Registered } from '../deployment.ts';
import { email, stranger } from './browser.ts';
import type { Addresses } from './plan.ts';
import { useRsaCertificate } from './rsa-certificate.ts';

const program = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url));

const user_metadata = {
  middle_name: 'Ada',
  preferred_username: 'alice',
  profile: 'https://example.com/alice',
  website: 'https://alice.example.com/',
  gender: 'female',
  birthdate: '1985-10-26',
  zoneinfo: 'Asia/Tokyo',
  locale: 'en-GB',
  address: { street_address: '1-1 Marunouchi', locality: 'Tokyo', country: 'Japan' },
};

const profile = {
  name: 'Alice Adams',
  given_name: 'Alice',
  family_name: 'Adams',
  picture: 'https://example.com/alice.png',
  phone_number: '+81312345678',
  phone_verified: 1,
  user_metadata: JSON.stringify(user_metadata),
};

const usual = getCACertificates('default');

export class Provider {
  readonly #deployment = new Deployment({ WARIFU_TLS: 'self-signed', WARIFU_OUTBOUND: 'private' });
  #certificates: string | undefined;
  #quietUntil = 0;

  get issuer(): string {
    return this.#deployment.issuer.href;
  }

  get addresses(): Addresses {
    return { issuer: this.issuer, certificates: this.#certificates };
  }

  /** Opens the port that asks applications for certificates. To be called before the start. */
  async askForCertificates(): Promise<void> {
    await useRsaCertificate(this.#deployment.data);
    const port = String(await freePort());
    this.#deployment.set('WARIFU_MTLS_PORT', port);
    this.#certificates = `https://localhost:${port}/`;
  }

  async person(email: string): Promise<void> {
    await this.#deployment.person(email);
  }

  async register(settings: Partial<NewClient>): Promise<Registered> {
    return this.#deployment.register({ allowed_logout_urls: [], ...settings });
  }

  /** Lets applications receive security events; their tokens are for that unless they say for what. */
  async grantSignals(clientIds: readonly string[]): Promise<void> {
    const port = String(await freePort());
    this.#deployment.set('PORT', port);
    const identifier = `https://localhost:${port}/ssf/`;
    const scope = ['ssf.manage', 'ssf.read'];
    await this.#deployment.furnish(async (ctx) => {
      await createResourceServer(ctx, { name: 'Signals', identifier, scopes: scope.map((value) => ({ value })) });
      for (const client_id of clientIds) await grantClient(ctx, { client_id, audience: identifier, scope });
      await changeTenantSettings(ctx, { default_audience: identifier });
    });
  }

  /** Does to a person what receivers of security events are told, beside the running server: once every few seconds. */
  async disturb(): Promise<void> {
    if (Date.now() < this.#quietUntil) return;
    this.#quietUntil = Date.now() + 8000;
    await this.#deployment.furnish(async (ctx) => {
      const database = await findDatabase(ctx, 'Username-Password-Authentication');
      const holder = await ctx.database.queries
        .selectFrom('users')
        .selectAll()
        .where('email', '=', email)
        .executeTakeFirstOrThrow();
      const { user_id } = holder;
      const proof = {
        user_id,
        connection: 'Username-Password-Authentication',
        methods: ['pwd'] as const,
        authenticated_at: ctx.now(),
      };
      const caller = { ip: '127.0.0.1', userAgent: undefined };
      const [lifetimes, listeners] = [await sessionLifetimes(ctx), await logoutListeners(ctx)];
      await ctx.database.transaction((queries) =>
        startSession(ctx, queries, { proof, previous: undefined, caller, lifetimes, listeners }),
      );
      await changeAccount(ctx, user_id, { password: `Another-horse-${ctx.now()}` }, database);
    });
  }

  async start(): Promise<void> {
    await this.#deployment.person(email);
    await this.#deployment.person(stranger);
    await this.#deployment.furnish(async (ctx) => {
      await ctx.database.queries.updateTable('users').set(profile).where('email', '=', email).execute();
      await changeTenantSettings(ctx, { flags: { enable_dynamic_client_registration: true } });
    });
    const { issuer } = await this.#deployment.start();
    assert.match(issuer, /^https:/);
    const authority = readFileSync(join(this.#deployment.data, 'tls', 'ca.pem'), 'utf8');
    // The authorities of all servers have one name: only the last is trusted.
    setDefaultCACertificates([...usual, authority]);
  }

  async #publishedKeys(): Promise<string> {
    return (await fetch(new URL('.well-known/jwks.json', this.issuer))).text();
  }

  /** As an operator does, beside the running server; and like them, waits until the next key is known everywhere. */
  async rotateKeys(): Promise<void> {
    const env = { ...process.env, WARIFU_DATA: this.#deployment.data };
    const before = await this.#publishedKeys();
    for (let tries = 1; ; tries += 1) {
      try {
        await promisify(execFile)(process.execPath, [program, 'keys', 'rotate', '--alg', 'RS256'], { env });
        break;
      } catch (error) {
        if (tries === 20) throw error;
        await sleep(5000);
      }
    }
    while ((await this.#publishedKeys()) === before) await sleep(500);
  }

  async stop(): Promise<void> {
    await this.#deployment.stop();
  }
}
