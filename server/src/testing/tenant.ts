// Owns the tenant that tests talk to: real rules, real database in memory, and a clock that stands still.
import type { FastifyInstance } from 'fastify';
import { createPasswordHasher } from '#crypto/password-hash';
import { createClient, type NewClient } from '#domain/clients';
import type { Context } from '#domain/context';
import type { LogEvent } from '#domain/event-types';
import type { ApprovalNotice, Notice } from '#domain/notifier';
import { createResourceServer } from '#domain/resource-servers';
import { openTenant } from '#domain/tenant';
import { createDatabaseUser, type User } from '#domain/users';
import { type Outbound, OutboundFailed } from '#protocol/outbound';
import { createApp } from '../app.ts';
import type { MutualTlsOptions } from '../authentication/mutual-tls.ts';
import { managementScopes } from '../management/resources.ts';

export interface TestTenant {
  readonly ctx: Context;
  readonly app: FastifyInstance;
  readonly events: LogEvent[];
  /** What people were told. */
  readonly notices: Notice[];
  /** What went wrong here, as the server's log tells it. */
  readonly faults: string[];
  /** Moves the clock. */
  pass(ms: number): void;
  close(): Promise<void>;
}

export interface TestOptions {
  readonly issuer?: string;
  readonly databaseUrl?: string;
  readonly development?: boolean;
  /** Nobody is there to be asked, unless a test says who. */
  readonly outbound?: Outbound;
  readonly mtls?: MutualTlsOptions;
  readonly trustedProxies?: readonly string[];
  readonly managementRequestsPerMinute?: number;
  readonly revocationReaders?: 'anyone' | 'clients';
  readonly mostImportBytes?: number;
}

export async function openTestTenant(options: TestOptions = {}): Promise<TestTenant> {
  let now = Date.UTC(2026, 10, 23);
  const events: LogEvent[] = [];
  const notices: Notice[] = [];
  const faults: string[] = [];
  const { ctx, close } = await openTenant({
    issuer: options.issuer ?? 'https://id.example.com/',
    databaseUrl: options.databaseUrl ?? 'sqlite::memory:',
    masterKey: new Uint8Array(32).fill(7),
    now: () => now,
    emit: (event) => events.push(event),
    notify: async (notice) => {
      notices.push(notice);
    },
    passwords: createPasswordHasher(),
    managementScopes,
    outbound: options.outbound ?? (() => Promise.reject(new OutboundFailed('nobody is there'))),
  });
  const { development = false, mtls } = options;
  const managementRequestsPerMinute = options.managementRequestsPerMinute ?? 1_000_000;
  const mostImportBytes = options.mostImportBytes ?? 10 * 1024 * 1024;
  const app = createApp(ctx, {
    development,
    mtls,
    logger: { level: 'error', stream: { write: (line: string) => faults.push(line) } },
    tls: undefined,
    trustedProxies: options.trustedProxies ?? [],
    managementRequestsPerMinute,
    revocationReaders: options.revocationReaders ?? 'anyone',
    mostImportBytes,
  });
  await app.ready();
  return {
    ctx,
    app,
    events,
    notices,
    faults,
    pass: (ms) => {
      now += ms;
    },
    close: async () => {
      await app.close();
      await close();
    },
  };
}

/** What somebody was last asked to decide on. */
export function latestApproval({ notices }: TestTenant): ApprovalNotice | undefined {
  return notices.findLast((notice) => notice.kind === 'approval-requested');
}

export const testPassword = 'Correct-horse-battery-1';

/** A person who signs in with `testPassword`. */
export async function createTestUser({ ctx }: TestTenant, email: string): Promise<User> {
  const passwordHash = await ctx.passwords.hash(testPassword);
  const connection = 'Username-Password-Authentication';
  const user = await createDatabaseUser(ctx, { connection, email, email_verified: false, passwordHash });
  if (user === 'taken') throw new Error(`${email} exists already.`);
  return user;
}

export const testCallback = 'https://app.example.com/callback';
export const testAudience = 'https://api.example.com/';

/** A single-page application with a callback, and whatever else is said. */
export async function createTestClient({ ctx }: TestTenant, settings: Partial<NewClient> = {}) {
  const { client, client_secret } = await createClient(ctx, {
    name: 'Test application',
    app_type: 'spa',
    callbacks: [testCallback],
    allowed_logout_urls: ['https://app.example.com/'],
    web_origins: ['https://app.example.com'],
    ...settings,
  });
  return { client, client_secret };
}

export async function createTestApi({ ctx }: TestTenant) {
  const scopes = [{ value: 'read:things', description: 'Read your things' }, { value: 'write:things' }];
  return createResourceServer(ctx, { name: 'Things', identifier: testAudience, scopes, allow_offline_access: true });
}

/** Blocks a person, or lets them in again. */
export async function blockTestUser({ ctx }: TestTenant, userId: string, blocked = true): Promise<void> {
  await ctx.database.queries
    .updateTable('users')
    .set({ blocked: blocked ? 1 : 0 })
    .where('user_id', '=', userId)
    .execute();
}
