// Owns the rule that an application without a secret must use PKCE (RFC 9700 §2.1.1).
import type { AuthorizeCheck } from '../authorize-check.ts';
import { isPublic } from '../client.ts';
import { invalidRequest } from '../oauth-error.ts';
import { gives } from '../response-type.ts';

export const pkce: AuthorizeCheck = {
  name: 'pkce',
  check({ client, request }) {
    if (isPublic(client) && gives(request.response_type, 'code') && request.code_challenge === undefined) {
      throw invalidRequest('Missing required parameter: code_challenge. This application must use PKCE with S256.');
    }
  },
};
