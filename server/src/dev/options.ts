// Owns what the development pages need to know from the server that mounts them.
import type { PresentedToken } from '#domain/access-tokens';

/** What the demo API wants to know of who calls it. */
export type DemoCaller = Pick<PresentedToken, 'sub' | 'client_id' | 'scope' | 'confirmation'>;

export interface DevOptions {
  /** With its trailing slash: `http://localhost:4000/`. */
  issuer: string;
  demoClientId: string;
  /** The demo API's identifier: `${issuer}demo/api`. */
  demoAudience: string;
  /** Verifies an access token for the demo API. Throws AccessTokenRefused. */
  verifyAccessToken: (token: string) => Promise<DemoCaller>;
}
