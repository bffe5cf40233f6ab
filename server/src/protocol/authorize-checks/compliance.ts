// Owns what an application that is held to a FAPI profile may ask for, and how (FAPI 1.0 Advanced §5.2.2, FAPI 2.0 §5.3.2).
import type { AuthorizeCheck } from '../authorize-check.ts';
import type { AuthorizeRequest } from '../authorize-request.ts';
import { profileOf } from '../compliance.ts';
import { invalidRequest, OAuthError } from '../oauth-error.ts';
import { isSigned } from '../response-modes.ts';

const level = 'by the configured compliance level';

/**
 * FAPI 1.0: what is asked for is said in the request that the application signed, and what the response is recognised by
 * comes with it: a nonce with openid, else a state (Baseline §5.2.2.2, §5.2.2.3).
 */
function requireSigned({ response_type, response_mode, scope, nonce, state }: AuthorizeRequest): void {
  if (response_type === 'code' && !isSigned(response_mode))
    throw invalidRequest(`response_type=code needs a signed response ${level}: response_mode=jwt`);
  const mark = scope.includes('openid') ? { nonce } : { state };
  const missing = Object.entries({ scope: scope[0], ...mark }).find(([, value]) => value === undefined)?.[0];
  if (missing !== undefined) throw invalidRequest(`Missing required parameter: ${missing}. It is required ${level}`);
}

export const compliance: AuthorizeCheck = {
  name: 'compliance',
  check({ client, request, provenance: { pushed, signed } }) {
    const profile = profileOf(client);
    if (!profile) return;
    if (!pushed) throw invalidRequest(`Pushed Authorization Requests are required ${level}`);
    if (profile.isSigned && !signed) throw invalidRequest(`Signed request objects are required ${level}`);
    const { response_type, code_challenge } = request;
    if (!profile.responseTypes.includes(response_type)) {
      throw new OAuthError('unsupported_response_type', `The response type ${response_type} is not allowed ${level}`);
    }
    if (profile.isSigned) requireSigned(request);
    if (code_challenge === undefined) throw invalidRequest(`PKCE with S256 is required ${level}`);
  },
};
