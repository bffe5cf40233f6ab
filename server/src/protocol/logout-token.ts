// Owns what a logout token says (OpenID Connect Back-Channel Logout §2.4).

/** Its `typ`: nothing that takes another kind of token takes this one. */
export const logoutTokenType = 'logout+jwt';

const event = 'http://schemas.openid.net/event/backchannel-logout';

/** Long enough to arrive; §2.4 advises two minutes at most. */
const lifetimeSec = 120;

export interface LogoutTokenFacts {
  readonly issuer: string;
  readonly client_id: string;
  /** The person, as the application knows them. */
  readonly sub: string;
  readonly sid: string;
  readonly jti: string;
  readonly nowSec: number;
}

/** There is never a nonce, so that nobody takes it for an ID token. */
export function logoutTokenClaims(facts: LogoutTokenFacts): Readonly<Record<string, unknown>> {
  return {
    iss: facts.issuer,
    sub: facts.sub,
    aud: facts.client_id,
    iat: facts.nowSec,
    exp: facts.nowSec + lifetimeSec,
    jti: facts.jti,
    events: { [event]: {} },
    sid: facts.sid,
  };
}
