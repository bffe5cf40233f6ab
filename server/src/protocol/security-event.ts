// Owns what a security event token says (RFC 8417, OpenID Shared Signals Framework 1.0, CAEP 1.0, RISC 1.0).

/** Its `typ`: nothing that takes another kind of token takes this one. */
export const securityEventType = 'secevent+jwt';

export const pushMethod = 'urn:ietf:rfc:8935';
export const pollMethod = 'urn:ietf:rfc:8936';

const schemas = 'https://schemas.openid.net/secevent';

/** What happened to people and sessions, with the URI of each. */
export const eventUris = {
  'session-revoked': `${schemas}/caep/event-type/session-revoked`,
  'credential-change': `${schemas}/caep/event-type/credential-change`,
  'token-claims-change': `${schemas}/caep/event-type/token-claims-change`,
  'account-disabled': `${schemas}/risc/event-type/account-disabled`,
  'account-enabled': `${schemas}/risc/event-type/account-enabled`,
  'account-purged': `${schemas}/risc/event-type/account-purged`,
} as const;

export type EventName = keyof typeof eventUris;

export const verificationUri = `${schemas}/ssf/event-type/verification`;

/** What a receiver can ask for. A verification comes without being asked for. */
export const supportedEvents: readonly string[] = Object.values(eventUris);

/** Who brought it about, in CAEP's words. */
export type InitiatingEntity = 'admin' | 'user' | 'policy' | 'system';

interface Circumstances {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly initiating_entity: InitiatingEntity;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What stands under the event's URI: CAEP says when and by whom (§2), RISC nothing but what is particular. */
export function eventPayload(name: EventName, { at, initiating_entity, details }: Circumstances) {
  if (eventUris[name].includes('/risc/')) return details;
  return { event_timestamp: Math.floor(at / 1000), initiating_entity, ...details };
}

export interface SecurityEventFacts {
  readonly issuer: string;
  readonly client_id: string;
  readonly stream_id: string;
  readonly jti: string;
  /** The URI of the event's type. */
  readonly event: string;
  /** The person, as the receiver knows them; undefined where it is about the stream itself. */
  readonly sub: string | undefined;
  readonly sid: string | undefined;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Epoch seconds. */
  readonly iat: number;
}

function subjectOf({ issuer, stream_id, sub, sid }: SecurityEventFacts): Readonly<Record<string, unknown>> {
  if (sub === undefined) return { format: 'opaque', id: stream_id };
  const user = { format: 'iss_sub', iss: issuer, sub };
  return sid === undefined ? user : { format: 'complex', user, session: { format: 'opaque', id: sid } };
}

/** There is never a `sub` or an `exp`, so that nobody takes it for another token (SSF §4.1.6, RFC 8417 §4). */
export function securityEventClaims(facts: SecurityEventFacts): Readonly<Record<string, unknown>> {
  return {
    iss: facts.issuer,
    aud: facts.client_id,
    iat: facts.iat,
    jti: facts.jti,
    txn: facts.jti,
    sub_id: subjectOf(facts),
    events: { [facts.event]: facts.payload },
  };
}
