// Owns what every operation is handed: the tenant, and the effects it may have on the world.
import type { PasswordHasher } from '#crypto/password-hash';
import type { Vault } from '#crypto/vault';
import type { Outbound } from '#protocol/outbound';
import type { Database } from '#storage/database';
import type { Documents } from '#storage/documents';
import type { Dns } from './dns.ts';
import type { LogEvent } from './event-types.ts';
import type { KnownFacts } from './known-facts.ts';
import type { LogBook } from './log-book.ts';
import type { Notifier } from './notifier.ts';
import type { RevocationFeed } from './revocation-feed.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { StatusLists } from './status-lists.ts';

/** One tenant: everything about one issuer. There are no globals; nothing reads the clock but `now`. */
export interface Context {
  /** With the trailing slash, as Auth0 has it. Comes from configuration, never from a request. */
  readonly issuer: string;
  readonly database: Database;
  /** Configuration, cached in memory. */
  readonly documents: Documents;
  readonly keys: SigningKeys;
  readonly vault: Vault;
  /** What ends tokens, as far as this node knows. */
  readonly revocations: RevocationFeed;
  /** Its facts, in memory: what is asked of them touches no database, and is as new as the feed is here. */
  readonly knownFacts: KnownFacts;
  readonly statuses: StatusLists;
  readonly passwords: PasswordHasher;
  /** The one way out to other servers. */
  readonly outbound: Outbound;
  readonly dns: Dns;
  /** Reaches people outside of a browser. Never throws. */
  readonly notify: Notifier;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Records what happened. Never throws. */
  readonly emit: (event: LogEvent) => void;
  /** Where events are kept; for what must not go on before one is. */
  readonly log: Pick<LogBook, 'keep' | 'flush'>;
}

/** Who is at the other end of a request, as far as the connection tells. */
export interface Caller {
  readonly ip: string;
  readonly userAgent: string | undefined;
  /** The header Auth0-Client, by which SDKs name themselves. */
  readonly sdk?: string | undefined;
}

/** The first label of the host, as with Auth0's own domains. */
export function tenantName({ issuer }: Pick<Context, 'issuer'>): string {
  return new URL(issuer).hostname.split('.')[0] as string;
}
