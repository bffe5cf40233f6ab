// Owns what a signed backchannel authentication request must say of itself (CIBA Core §7.1.1, FAPI-CIBA §5.2.2).
import { objectFault } from './request-object.ts';

/** What an application asks for. All of it is in the signed request, or none of it. */
export const outsideOfObject = [
  ...['scope', 'audience', 'resource', 'authorization_details', 'acr_values', 'binding_message', 'requested_expiry'],
  ...['login_hint', 'login_hint_token', 'id_token_hint', 'user_code', 'client_notification_token'],
] as const;

interface Expectation {
  readonly client_id: string;
  readonly issuer: string;
  readonly nowSec: number;
}

/** What is wrong with the claims of a request whose signature is right; undefined when nothing is. */
export function signedCibaFault(claims: Readonly<Record<string, unknown>>, expected: Expectation): string | undefined {
  const { iat, jti } = claims;
  // Whom it is from and for, and an hour at most, are asked of every such request, and not only by FAPI.
  const fault = objectFault(claims, { ...expected, isFapi: true });
  if (fault !== undefined) return fault;
  if (typeof iat !== 'number') return 'must have an iat';
  return typeof jti === 'string' && jti !== '' ? undefined : 'must have a jti';
}
