// Owns the time-line of the database: append-only, forward-only, the same for every dialect.
import type { Migration } from 'kysely/migration';
import * as foundation from './migrations/0001-foundation.ts';
import * as tokenEngine from './migrations/0002-token-engine.ts';
import * as logout from './migrations/0003-logout.ts';
import * as decoupledRequests from './migrations/0004-decoupled-requests.ts';
import * as keysAndApis from './migrations/0005-keys-and-apis.ts';
import * as registration from './migrations/0009-registration.ts';
import * as peopleAtScale from './migrations/0010-people-at-scale.ts';
import * as jobs from './migrations/0011-jobs.ts';
import * as logs from './migrations/0012-logs.ts';
import * as organizations from './migrations/0015-organizations.ts';
import * as authenticationMethods from './migrations/0017-authentication-methods.ts';
import * as accessAtHand from './migrations/0018-access-at-hand.ts';
import * as revocationFeed from './migrations/0019-revocation-feed.ts';
import * as securityEvents from './migrations/0020-security-events.ts';
import * as statusLists from './migrations/0021-status-lists.ts';

export const migrations: Readonly<Record<string, Pick<Migration, 'up'>>> = {
  '0001-foundation': foundation,
  '0002-token-engine': tokenEngine,
  '0003-logout': logout,
  '0004-decoupled-requests': decoupledRequests,
  '0005-keys-and-apis': keysAndApis,
  '0009-registration': registration,
  '0010-people-at-scale': peopleAtScale,
  '0011-jobs': jobs,
  '0012-logs': logs,
  '0015-organizations': organizations,
  '0017-authentication-methods': authenticationMethods,
  '0018-access-at-hand': accessAtHand,
  '0019-revocation-feed': revocationFeed,
  '0020-security-events': securityEvents,
  '0021-status-lists': statusLists,
};
