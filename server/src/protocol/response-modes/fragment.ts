// Owns response_mode=fragment (OAuth 2.0 Multiple Response Types §2.1).
import type { ResponseMode } from '../response-mode.ts';

export const fragment = {
  name: 'fragment',
  deliver(redirectUri, response) {
    return { kind: 'redirect', location: `${redirectUri}#${new URLSearchParams(response)}` };
  },
} as const satisfies ResponseMode;
