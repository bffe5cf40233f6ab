// Owns private_key_jwt: an assertion under a key of which only the public half is known here (OpenID Connect Core §9).
import { readAssertion } from '../client-assertion.ts';
import type { ClientAuth } from '../client-auth.ts';

export const privateKeyJwt: ClientAuth = { name: 'private_key_jwt', read: readAssertion };
