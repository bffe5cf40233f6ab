// Owns what the issuer tells an application of a session that has ended (OpenID Connect Back-Channel Logout 1.0 §2.4, §2.6).
import type { FollowedIssuer } from '../followed-issuer.ts';
import { type Application, openToken, SignInFailed } from './sign-in.ts';

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
const types: readonly unknown[] = [undefined, 'logout+jwt', 'JWT'];

/** The session that a logout token ends. Throws SignInFailed or VerificationError. */
export async function endedSession(
  token: string,
  application: Application,
  { keys, now }: Pick<FollowedIssuer, 'keys' | 'now'>,
): Promise<string> {
  const { header, claims } = await openToken(token, application, { keys, now: now() });
  const { sid, events, nonce, jti } = claims;
  const isLogout = typeof events === 'object' && events !== null && logoutEvent in events;
  const isTyped = types.includes(header['typ']);
  if (!isLogout || !isTyped || nonce !== undefined || typeof sid !== 'string' || typeof jti !== 'string') {
    throw new SignInFailed('This is no logout token.');
  }
  return sid;
}
