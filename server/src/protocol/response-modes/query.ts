// Owns response_mode=query (OAuth 2.0 Multiple Response Types §2.1).
import type { ResponseMode } from '../response-mode.ts';

export const query = {
  name: 'query',
  deliver(redirectUri, response) {
    // The registered address is extended as text: parsing and printing it again could change it.
    const separator = redirectUri.includes('?') ? '&' : '?';
    return { kind: 'redirect', location: `${redirectUri}${separator}${new URLSearchParams(response)}` };
  },
} as const satisfies ResponseMode;
