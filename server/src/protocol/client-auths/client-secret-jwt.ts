// Owns client_secret_jwt: an assertion under the secret, which itself is never sent (OpenID Connect Core §9).
import { readAssertion } from '../client-assertion.ts';
import type { ClientAuth } from '../client-auth.ts';

export const clientSecretJwt: ClientAuth = { name: 'client_secret_jwt', read: readAssertion };
