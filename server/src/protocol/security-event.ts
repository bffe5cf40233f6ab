// Owns what a security event token says (RFC 8417, OpenID Shared Signals Framework 1.0, CAEP 1.0).

/** Its `typ`: nothing that takes another kind of token takes this one. */
export const securityEventType = 'secevent+jwt';

export const pushMethod = 'urn:ietf:rfc:8935';
export const pollMethod = 'urn:ietf:rfc:8936';

export const sessionRevoked = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked';
export const verification = 'https://schemas.openid.net/secevent/ssf/event-type/verification';

/** What a receiver can ask for. A verification comes without being asked for. */
export const supportedEvents: readonly string[] = [sessionRevoked];

export interface SecurityEventFacts {
  readonly issuer: string;
  readonly client_id: string;
  readonly stream_id: string;
  readonly jti: string;
  readonly event: string;
  /** The person, as the receiver knows them; undefined where it is about the stream itself. */
  readonly sub: string | undefined;
  readonly sid: string | undefined;
  readonly payload: Readonly<Record<string, unknown>>;
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
