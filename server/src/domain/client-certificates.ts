// Owns the proof by a certificate that the caller is an application (RFC 8705 §2).
import {
  type CertificateAuthority,
  type ClientCertificate,
  isInForce,
  isIssuedBy,
  readClientCertificate,
} from '#crypto/client-certificate';
import { authenticationCredentials, type Client, type ClientCredential } from '#protocol/client';
import { invalidClient } from '#protocol/client-auth';
import { hasRegisteredName, hasSubject } from '#protocol/client-certificate-match';
import { sameDistinguishedName } from '#protocol/distinguished-name';
import { clientKeys } from './client-keys.ts';
import type { Context } from './context.ts';

function credentialsOf(client: Client, type: ClientCredential['credential_type'], now: number): ClientCredential[] {
  return authenticationCredentials(client).filter(
    ({ credential_type, expires_at = Infinity }) => credential_type === type && expires_at > now,
  );
}

/** Auth0's credential of a subject: its name, or a certificate that has it. */
function namesSubject({ subject_dn, pem }: ClientCredential, certificate: ClientCertificate): boolean {
  if (subject_dn !== undefined) return hasSubject(certificate, subject_dn);
  const sample = pem === undefined ? undefined : readClientCertificate(pem);
  return sample !== undefined && sameDistinguishedName(sample.subject, certificate.subject);
}

/** RFC 8705 §2.1: a trusted authority certified a name that the application registered. Throws invalid_client. */
export function proveByAuthority(
  ctx: Pick<Context, 'now'>,
  client: Client,
  certificate: ClientCertificate,
  authorities: readonly CertificateAuthority[],
): void {
  const now = ctx.now();
  if (!isIssuedBy(certificate, authorities, now)) throw invalidClient('a certificate of no trusted authority');
  const isNamed = credentialsOf(client, 'cert_subject_dn', now).some((one) => namesSubject(one, certificate));
  if (!isNamed && !hasRegisteredName(certificate, client)) throw invalidClient('a certificate of another name');
}

/** RFC 8705 §2.2: the application registered this certificate, or its key. Throws invalid_client. */
export async function proveByRegistration(ctx: Context, client: Client, certificate: ClientCertificate): Promise<void> {
  const now = ctx.now();
  if (!isInForce(certificate, now)) throw invalidClient('a certificate that is not in force');
  const isRegistered = credentialsOf(client, 'x509_cert', now).some(
    ({ pem }) => pem !== undefined && readClientCertificate(pem)?.thumbprint === certificate.thumbprint,
  );
  if (isRegistered) return;
  const keys = await clientKeys(ctx, { ...client, credentials: authenticationCredentials(client) });
  const isKnown = keys.some(({ key, algorithms }) => algorithms.length > 0 && key.equals(certificate.publicKey));
  if (!isKnown) throw invalidClient('a certificate that is not registered');
}
