// Owns what the development pages need to know from the server that mounts them.

/** Why an access token was not accepted. `id_token`: it is this issuer's, but an ID token. */
export type TokenRefusal = 'id_token' | 'expired' | 'wrong_audience' | 'invalid';

export interface DevOptions {
  /** With its trailing slash: `http://localhost:4000/`. */
  issuer: string;
  demoClientId: string;
  /** The demo API's identifier: `${issuer}demo/api`. */
  demoAudience: string;
  /** The claims of a valid access token for the demo API. Throws an Error whose `code` is a TokenRefusal. */
  verifyAccessToken: (token: string) => Promise<Record<string, unknown>>;
}
