// Owns tls_client_auth: a certificate of an authority that is trusted here, with a registered name (RFC 8705 §2.1).
import { type ClientAuth, readName } from '../client-auth.ts';

/** RFC 8705 §2: the request names the application, and the connection shows the certificate. */
export const tlsClientAuth: ClientAuth = { name: 'tls_client_auth', read: readName };
