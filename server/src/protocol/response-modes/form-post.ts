// Owns response_mode=form_post (OAuth 2.0 Form Post Response Mode §2).
import type { ResponseMode } from '../response-mode.ts';

export const formPost = {
  name: 'form_post',
  deliver(redirectUri, response) {
    return { kind: 'form', action: redirectUri, fields: response };
  },
} as const satisfies ResponseMode;
