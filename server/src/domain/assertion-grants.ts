// Owns what an assertion of a trusted issuer proves: whose it is, who is meant, and that it is used once (RFC 7523 §2.1).
import { peekJwt, verifyForeignJwt } from '#crypto/foreign-jwt';
import { type Assertion, isAssertionType, judgeAssertion } from '#protocol/assertion-grant';
import type { Client } from '#protocol/client';
import { OAuthError } from '#protocol/oauth-error';
import { clientKeys } from './client-keys.ts';
import { findConnection } from './connections.ts';
import type { Context } from './context.ts';
import { canonicalEmail } from './email-address.ts';
import { useOnce } from './replays.ts';
import { findTrustedIssuer, type TrustedIssuer } from './trusted-issuers.ts';
import { findUserByEmail, findUserByProviderId, type User } from './users.ts';

/** Whatever is wrong with an assertion, the sender is told the same; the log knows. */
function invalidAssertion(detail: string): OAuthError {
  return new OAuthError('invalid_grant', 'Invalid assertion', detail);
}

export interface ProvedAssertion {
  readonly trusted: TrustedIssuer;
  readonly assertion: Assertion;
  readonly user: User;
}

/** The address must be proved on both sides: who merely claims one, here or there, must not get its owner's tokens. */
async function userOfEmail(ctx: Context, connection: { name: string }, { email, email_verified }: Assertion) {
  const address = email === undefined || !email_verified ? undefined : canonicalEmail(email);
  const user = address === undefined ? undefined : await findUserByEmail(ctx, connection, address);
  return user?.email_verified && user.email === address ? user : undefined;
}

async function meantUser(ctx: Context, { subject }: TrustedIssuer, assertion: Assertion): Promise<User> {
  const connection = await findConnection(ctx, subject.connection);
  if (!connection) throw invalidAssertion('the connection is gone');
  const user =
    subject.match === 'sub'
      ? await findUserByProviderId(ctx, connection, assertion.sub)
      : await userOfEmail(ctx, connection, assertion);
  if (!user) throw invalidAssertion('nobody here is meant');
  return user;
}

/** Reads an assertion and finds who is meant; uses nothing up. Throws invalid_grant, and unauthorized for who is blocked. */
export async function proveAssertion(ctx: Context, client: Client, token: string): Promise<ProvedAssertion> {
  const peeked = peekJwt(token);
  const { iss } = peeked?.claims ?? {};
  if (typeof iss !== 'string' || iss.includes('\0')) throw invalidAssertion('no JWT with an iss');
  const trusted = await findTrustedIssuer(ctx, iss);
  // Not before it is known that the application may: a stranger makes no requests to others.
  if (!trusted?.clients.includes(client.client_id))
    throw invalidAssertion('of no issuer that this application may present');
  const kid = peeked?.header['kid'];
  const keys = await clientKeys(ctx, trusted, typeof kid === 'string' ? kid : undefined);
  const verified = verifyForeignJwt(token, keys, { algorithms: trusted.signing_algs });
  if (!verified || !isAssertionType(verified.header['typ']))
    throw invalidAssertion('the signature or the type is wrong');
  const judged = judgeAssertion(verified.claims, {
    issuer: trusted.issuer,
    client_id: client.client_id,
    audiences: [ctx.issuer, `${ctx.issuer}oauth/token`],
    nowSec: ctx.now() / 1000,
    maxLifetimeSec: trusted.max_lifetime,
  });
  if ('fault' in judged) throw invalidAssertion(judged.fault);
  const user = await meantUser(ctx, trusted, judged);
  if (user.blocked) throw new OAuthError('unauthorized', 'user is blocked');
  return { trusted, assertion: judged, user };
}

/** Uses an assertion up. Throws invalid_grant for all callers but one. */
export async function useAssertion(ctx: Context, { trusted, assertion }: ProvedAssertion): Promise<void> {
  const { jti, exp } = assertion;
  if (!(await useOnce(ctx, 'jwt-bearer', { scope: trusted.issuer, id: jti }, Math.ceil(exp * 1000)))) {
    throw invalidAssertion('it was used before');
  }
}
