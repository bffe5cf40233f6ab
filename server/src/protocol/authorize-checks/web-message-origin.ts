// Owns the rule that a response is posted only to a web origin that the application registered.
import type { AuthorizeCheck } from '../authorize-check.ts';
import { invalidRequest } from '../oauth-error.ts';
import { allowsMessage } from '../redirect-uri.ts';

export const webMessageOrigin: AuthorizeCheck = {
  name: 'web-message-origin',
  check({ request, client }) {
    if (request.response_mode === 'web_message' && !allowsMessage(request.redirect_uri, client)) {
      throw invalidRequest(
        'The origin of the redirect_uri is not in the list of allowed web origins of this application.',
      );
    }
  },
};
