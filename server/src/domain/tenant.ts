// Owns the opening of a tenant: its database, configuration, keys and furniture.
import { createPasswordHasher, type PasswordHasher } from '#crypto/password-hash';
import { createVault } from '#crypto/vault';
import { Documents } from '#storage/documents';
import { openDatabase } from '#storage/open-database';
import type { Context } from './context.ts';
import { type Dns, systemDns } from './dns.ts';
import type { LogEvent } from './event-types.ts';
import { furnish } from './first-start.ts';
import { KnownFacts } from './known-facts.ts';
import { LogBook } from './log-book.ts';
import { recordingNotifier } from './notifier.ts';
import { RevocationFeed } from './revocation-feed.ts';
import { keepRevocationRules } from './revocation-rules.ts';
import { loadSigningKeys, signingKeysKind } from './signing-keys.ts';
import { StatusLists } from './status-lists.ts';
import { TokenLifetimes } from './token-lifetimes.ts';

export interface TenantOptions {
  /** With the trailing slash. */
  readonly issuer: string;
  /** `sqlite:…` or `postgres://…`. */
  readonly databaseUrl: string;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  readonly now: Context['now'];
  /** Told of every event, which is kept in the database whether or not. */
  readonly emit: Context['emit'];
  /** Told when events cannot be kept now. */
  readonly onLogFailure?: (error: unknown) => void;
  readonly passwords?: PasswordHasher;
  readonly outbound: Context['outbound'];
  /** What the Management API offers, made from its endpoints, which aren't known here. Undefined: it stays as it is. */
  readonly managementScopes?: readonly string[];
  /** The system's, unless a test says otherwise. */
  readonly dns?: Dns;
  /** What cannot be sent is recorded, unless there is a way. */
  readonly notify?: Context['notify'];
}

export interface Tenant {
  readonly ctx: Context;
  /** Waits until all that was written is safe, and lets go of the database. */
  close(): Promise<void>;
}

/** Opens a tenant and makes what it lacks. Throws DatabaseRefused, or an Error when the master key is another. */
export async function openTenant(options: TenantOptions): Promise<Tenant> {
  const { issuer, now, outbound, dns = systemDns } = options;
  const database = await openDatabase(options.databaseUrl);
  const documents = new Documents(database, now);
  const vault = createVault(options.masterKey);
  const lifetimes = new TokenLifetimes(documents, now);
  const revocations = new RevocationFeed(database, now, lifetimes);
  const knownFacts = new KnownFacts(now);
  const statuses = new StatusLists(database, now, knownFacts);
  const stop = async () => {
    await revocations.stop();
    documents.stop();
    await database.close();
  };
  try {
    await documents.start();
    await lifetimes.follow();
    await revocations.start();
    await knownFacts.follow(revocations);
    const keys = await loadSigningKeys({ issuer, database, vault, now });
    documents.onChange((kind) => (kind === signingKeysKind ? keys.reload() : undefined));
    const passwords = options.passwords ?? createPasswordHasher();
    const log = new LogBook({ issuer, database, documents, now }, options.onLogFailure);
    const emit = (event: LogEvent) => {
      options.emit(event);
      log.add(event);
    };
    const notify = options.notify ?? recordingNotifier(emit);
    const effects = { outbound, dns, notify, now, emit, log };
    const ctx: Context = {
      issuer,
      database,
      documents,
      keys,
      vault,
      revocations,
      knownFacts,
      statuses,
      passwords,
      ...effects,
    };
    keepRevocationRules(ctx);
    await furnish(ctx, options.managementScopes);
    const close = async () => {
      await log.close();
      await stop();
    };
    return { ctx, close };
  } catch (error) {
    await stop();
    throw error;
  }
}
