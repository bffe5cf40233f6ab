// Owns the rule that tokens which must be bound to a key never come by way of the browser.
import type { AuthorizeCheck } from '../authorize-check.ts';
import { bindsTokens } from '../client.ts';
import { invalidRequest } from '../oauth-error.ts';
import { gives } from '../response-type.ts';

export const boundTokens: AuthorizeCheck = {
  name: 'bound-tokens',
  check({ client, request, apis }) {
    if (!gives(request.response_type, 'token')) return;
    // RFC 9449 §5, RFC 8705 §3: only the token endpoint sees who has the key.
    if (bindsTokens(client) || apis.some((api) => api.proof_of_possession?.required)) {
      throw invalidRequest('Access tokens must be bound to a key here. Use response_type=code.');
    }
  },
};
