// Owns response_mode=web_message (draft-sakimura-oauth-wmrm §4): how single-page applications sign in silently.
import { originOf } from '../redirect-uri.ts';
import type { ResponseMode } from '../response-mode.ts';

export const webMessage = {
  name: 'web_message',
  deliver(redirectUri, response) {
    return { kind: 'message', targetOrigin: originOf(redirectUri) as string, response };
  },
} as const satisfies ResponseMode;
