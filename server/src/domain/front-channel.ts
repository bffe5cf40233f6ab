// Owns the tokens that an authorization response itself holds: those of the implicit and the hybrid flows.
import { leftHash } from '#crypto/digest';
import type { AuthorizeRequest } from '#protocol/authorize-request';
import type { ResponseParameters } from '#protocol/response-mode';
import { gives } from '#protocol/response-type';
import type { Context } from './context.ts';
import { type Authorization, issueAccessToken, issueIdToken } from './tokens.ts';

/** OpenID Connect Core §3.3.2.11; FAPI 1.0 Part 2 §5.1.1 for the state. EdDSA hashes with SHA-512, the others with SHA-256. */
function hashesOf(
  { client }: Authorization,
  {
    access_token,
    code,
    state,
  }: { access_token?: string | undefined; code: string | undefined; state?: string | undefined },
) {
  const digest = client.jwt_configuration.alg === 'EdDSA' ? 'sha512' : 'sha256';
  return {
    ...(access_token === undefined ? {} : { at_hash: leftHash(digest, access_token) }),
    ...(code === undefined ? {} : { c_hash: leftHash(digest, code) }),
    ...(state === undefined ? {} : { s_hash: leftHash(digest, state) }),
  };
}

/** Issues what the response type asks for beside the code. */
export async function issueFrontChannelTokens(
  ctx: Context,
  authorization: Authorization,
  { response_type, state }: Pick<AuthorizeRequest, 'response_type' | 'state'>,
  code: string | undefined,
): Promise<ResponseParameters> {
  const access = gives(response_type, 'token') ? await issueAccessToken(ctx, authorization) : undefined;
  const hashes = hashesOf(authorization, { access_token: access?.access_token, code, state });
  const response = { hashes, isAlone: response_type === 'id_token' };
  const id_token = gives(response_type, 'id_token') ? await issueIdToken(ctx, authorization, response) : undefined;
  return {
    ...(access && { ...access, expires_in: String(access.expires_in) }),
    ...(id_token === undefined ? {} : { id_token }),
  };
}
