// Owns what an application that is held to a FAPI profile may ask for, and how (FAPI 1.0 Advanced §5.2.2, FAPI 2.0 §5.3.2).
import type { AuthorizeCheck } from '../authorize-check.ts';
import { profileOf } from '../compliance.ts';
import { invalidRequest, OAuthError } from '../oauth-error.ts';
import { isSigned } from '../response-modes.ts';

const level = 'by the configured compliance level';

export const compliance: AuthorizeCheck = {
  name: 'compliance',
  check({ client, request, provenance: { pushed, signed } }) {
    const profile = profileOf(client);
    if (!profile) return;
    if (!pushed) throw invalidRequest(`Pushed Authorization Requests are required ${level}`);
    if (profile.isSigned && !signed) throw invalidRequest(`Signed request objects are required ${level}`);
    const { response_type, response_mode, code_challenge } = request;
    if (!profile.responseTypes.includes(response_type)) {
      throw new OAuthError('unsupported_response_type', `The response type ${response_type} is not allowed ${level}`);
    }
    if (profile.isSigned && response_type === 'code' && !isSigned(response_mode)) {
      throw invalidRequest(`response_type=code needs a signed response ${level}: response_mode=jwt`);
    }
    if (code_challenge === undefined) throw invalidRequest(`PKCE with S256 is required ${level}`);
  },
};
