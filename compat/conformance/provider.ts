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
import type { NewClient } from '../../server/src/domain/clients.ts';
import { changeTenantSettings } from '../../server/src/domain/tenant-settings.ts';
import { Deployment, type Registered } from '../deployment.ts';
import { email, stranger } from './browser.ts';
import type { Addresses } from './plan.ts';
import { useRsaCertificate } from './rsa-certificate.ts';
import { Troublemaker } from './troublemaker.ts';

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
  #troublemaker: Troublemaker | undefined;

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
    this.#troublemaker = await Troublemaker.prepare(this.#deployment, `https://localhost:${port}/`, clientIds);
  }

  /** Does to a person what receivers of security events are told, once every few seconds. */
  async disturb(): Promise<void> {
    await this.#troublemaker?.disturb();
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
