// Owns the binding of a token to a key that only its holder has (RFC 7800 §3.1, RFC 8705 §3.1, RFC 9449 §6).

/** The `cnf` claim: the thumbprint of a DPoP key, of a client certificate, or of both. */
export interface Confirmation {
  /** RFC 9449 §6.1: SHA-256 thumbprint of the JWK. */
  readonly jkt?: string;
  /** RFC 8705 §3.1: SHA-256 thumbprint of the certificate's DER. */
  readonly 'x5t#S256'?: string;
}

/** Whether what is bound is held by who proved these keys: every key that it is bound to must be among them. */
export function isHeldBy(bound: Confirmation, proved: Confirmation | undefined): boolean {
  const { jkt, 'x5t#S256': thumbprint } = bound;
  return (
    (jkt === undefined || jkt === proved?.jkt) && (thumbprint === undefined || thumbprint === proved?.['x5t#S256'])
  );
}
