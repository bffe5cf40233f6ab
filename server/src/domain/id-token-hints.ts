// Owns the reading of ID tokens that come back as hints: of whom an application speaks.
import { peekJwt, verifyForeignJwt } from '#crypto/foreign-jwt';
import { verifyJwt } from '#crypto/jwt';
import { readSecret } from '#crypto/key-text';
import type { Claims } from '#protocol/claims';
import { invalidRequest } from '#protocol/oauth-error';
import { acceptedSecrets, findClient } from './clients.ts';
import type { Context } from './context.ts';
import { subjectFor, subjectOfToken } from './subjects.ts';

export interface IdTokenHint {
  readonly client_id: string;
  /** By our own id, whatever the application knows the person by. */
  readonly user_id: string;
  readonly sid: string | undefined;
  /** Whether the application could have made it: then only what nobody tells it unasked, the `sid`, proves anything. */
  readonly isForgeable: boolean;
}

type Needed = Pick<Context, 'keys' | 'issuer' | 'vault' | 'documents' | 'now'>;

/**
 * The claims of an ID token that is signed with the secret of whom it is for (OpenID Connect Core §10.1). Such a
 * token names the person as the application knows them: it learns nothing with what another one was told.
 */
async function readWithSecret(ctx: Needed, hint: string): Promise<Claims | undefined> {
  const { aud, sub } = peekJwt(hint)?.claims ?? {};
  const client = typeof aud === 'string' ? await findClient(ctx, aud) : undefined;
  if (client?.jwt_configuration.alg !== 'HS256') return undefined;
  const keys = acceptedSecrets(ctx, client).map((secret) => readSecret(Buffer.from(secret)));
  const claims = verifyForeignJwt(hint, keys, { algorithms: ['HS256'], types: ['jwt'] })?.claims;
  const userId = claims && subjectOfToken(ctx, claims);
  return userId !== undefined && subjectFor(ctx, client, userId) === sub ? claims : undefined;
}

/**
 * Reads an ID token of ours, expired or not (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2). It is a hint and no
 * proof of who holds it. Throws invalid_request.
 */
export async function readIdTokenHint(ctx: Needed, hint: string): Promise<IdTokenHint> {
  const ours = verifyJwt(hint, ctx.keys.verifiers);
  const claims = ours ?? (await readWithSecret(ctx, hint));
  const { iss, aud, sid, azp } = claims ?? {};
  const user_id = claims && subjectOfToken(ctx, claims);
  // An access token has an azp; it says nothing about who signed in at the application.
  if (iss !== ctx.issuer || typeof aud !== 'string' || user_id === undefined || azp !== undefined) {
    throw invalidRequest('The id_token_hint is not an ID token that this server issued.');
  }
  return { client_id: aud, user_id, sid: typeof sid === 'string' ? sid : undefined, isForgeable: !ours };
}
