// Owns self_signed_tls_client_auth: a certificate that itself, or whose key, is registered (RFC 8705 §2.2).
import { type ClientAuth, readName } from '../client-auth.ts';

/** RFC 8705 §2: the request names the application, and the connection shows the certificate. */
export const selfSignedTlsClientAuth: ClientAuth = { name: 'self_signed_tls_client_auth', read: readName };
