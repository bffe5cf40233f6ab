// Owns authorization codes: what a code stands for, and its redemption (RFC 6749 §4.1.2, §4.1.3).
import { sha256 } from '#crypto/digest';
import { OAuthError } from '#protocol/oauth-error';
import { isCodeVerifier } from '#protocol/pkce';
import type { Queries } from '#storage/database';
import type { Context } from './context.ts';
import type { FamilyDetails } from './refresh-tokens.ts';
import { revokeFamily } from './revocations.ts';
import { joinSession } from './sessions.ts';
import { consumeSingleUse, issueSingleUse, singleUsePurpose } from './single-use.ts';

/** Everything that the sign-in decided, frozen until the code is redeemed. */
export interface AuthorizationCode {
  readonly redirect_uri: string;
  readonly code_challenge?: string;
  /** The thumbprint of the one key that it may be redeemed with (RFC 9449 §10). */
  readonly dpop_jkt?: string;
  readonly nonce?: string;
  readonly scope: readonly string[];
  /** The API's identifier; absent when the tokens are for userinfo alone. */
  readonly audience?: string;
  readonly user_id: string;
  readonly sid: string;
  readonly authenticated_at: number;
  /** The family of tokens that the code begins. */
  readonly family_id: string;
  /** What was asked for beyond scope and audience. */
  readonly details?: FamilyDetails;
}

const purpose = singleUsePurpose<AuthorizationCode>('authorization_code');
const lifetimeMs = 60_000;

export async function issueCode(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  clientId: string,
  payload: AuthorizationCode,
): Promise<string> {
  return issueSingleUse(ctx, queries, purpose, { client_id: clientId, payload, lifetimeMs });
}

function invalidCode(detail: string): OAuthError {
  return new OAuthError('invalid_grant', 'Invalid authorization code', detail);
}

export interface Redemption {
  readonly client_id: string;
  readonly code: string;
  readonly redirect_uri: string | undefined;
  readonly code_verifier: string | undefined;
  /** The thumbprint of the key that the sender proved to have. */
  readonly jkt: string | undefined;
}

/** RFC 7636 §4.6; a verifier without a challenge is a downgrade or a mix-up (RFC 9700 §4.8.2). */
function pkceRefusal(challenge: string | undefined, verifier: string | undefined): OAuthError | undefined {
  if (challenge === undefined) return verifier === undefined ? undefined : invalidCode('a verifier, but no challenge');
  if (verifier !== undefined && isCodeVerifier(verifier) && sha256(verifier) === challenge) return undefined;
  return new OAuthError('invalid_grant', 'Failed to verify code verifier');
}

/**
 * Redeems a code in the given transaction. It is used up by the attempt, whatever comes of it, so that nothing about it
 * can be guessed twice. Returns the refusal instead of throwing it, because the transaction must commit: a replay
 * revokes everything that the first use gave (RFC 6749 §4.1.2).
 */
export async function redeemCode(
  ctx: Pick<Context, 'revocations' | 'now'>,
  queries: Queries,
  redemption: Redemption,
): Promise<AuthorizationCode | OAuthError> {
  const { client_id, code } = redemption;
  const consumed = await consumeSingleUse(ctx, queries, purpose, { client_id, token: code });
  if (consumed.outcome === 'unknown') return invalidCode('unknown, expired, or of another client');
  if (consumed.outcome === 'replayed') {
    await revokeFamily(ctx, queries, consumed.payload.family_id);
    return invalidCode('replayed');
  }
  // RFC 6749 §4.1.3: the redirect URI must be repeated as it was.
  if (redemption.redirect_uri !== consumed.payload.redirect_uri) return invalidCode('another redirect_uri');
  const refusal = pkceRefusal(consumed.payload.code_challenge, redemption.code_verifier);
  if (refusal) return refusal;
  if (consumed.payload.dpop_jkt !== undefined && consumed.payload.dpop_jkt !== redemption.jkt) {
    return new OAuthError('invalid_grant', 'The authorization code is bound to another DPoP key.');
  }
  const { sid } = consumed.payload;
  const joined = await joinSession(ctx, queries, { sid, client_id });
  return joined ? consumed.payload : invalidCode('the session has ended');
}
