// Owns what happened to people and sessions, as those are told of it who asked to be: written with the act that did it.
import { randomHexSince } from '#crypto/random';
import type { LogoutInitiator } from '#protocol/client-logout';
import type { EventName, InitiatingEntity } from '#protocol/security-event';
import type { Queries } from '#storage/database';
import * as rows from '#storage/tables/security-events';
import type { Context } from './context.ts';

/** How a credential changed, in CAEP's words (§3.3). */
interface CredentialChange {
  readonly change_type: 'create' | 'revoke' | 'update' | 'delete';
  readonly credential_type: 'password';
}

/** Which claims are other ones now (§3.2): of the person, or what they may do at some APIs. */
export type ClaimsChange =
  | { readonly claims: Readonly<Record<string, unknown>> }
  | { readonly audiences: readonly string[] };

type Happening =
  | { readonly name: 'session-revoked'; readonly sid: string }
  | ({ readonly name: 'credential-change' } & CredentialChange)
  | ({ readonly name: 'token-claims-change' } & ClaimsChange)
  | { readonly name: Extract<EventName, `account-${string}`> };

export type SecurityEvent = Happening & {
  readonly user_id: string;
  readonly initiating_entity: InitiatingEntity;
};

/** Who ended a session, by the reason for its end. */
const initiators: Readonly<Record<LogoutInitiator, InitiatingEntity>> = {
  'rp-logout': 'user',
  'idp-logout': 'user',
  'session-expired': 'policy',
  'session-revoked': 'admin',
  'password-changed': 'admin',
  'account-deleted': 'admin',
  'account-deactivated': 'admin',
  'email-identifier-changed': 'admin',
  'mfa-phone-unenrolled': 'admin',
};

export function initiatingEntity(initiator: LogoutInitiator): InitiatingEntity {
  return initiators[initiator];
}

/** Writes down what happened, in the transaction of the act. Whom to tell is found out afterwards. */
export async function recordSecurityEvents(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  events: readonly SecurityEvent[],
): Promise<void> {
  const created_at = ctx.now();
  const written = events.map(({ name, user_id, initiating_entity, ...rest }) => {
    const { sid = null, ...details } = rest as { readonly sid?: string };
    const id = randomHexSince(created_at);
    return { id, name, user_id, sid, initiating_entity, details: JSON.stringify(details), created_at };
  });
  await rows.insert(queries, written);
}
