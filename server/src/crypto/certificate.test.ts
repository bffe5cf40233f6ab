// Proves that the certificate of a signing key is that key's, and says what was asked.
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { certificateThumbprint, selfSignedCertificate } from './certificate.ts';
import { generateSigningKey } from './signing-key.ts';

test("a signing key's certificate carries its public key, name and time, and is signed by itself", async () => {
  const key = await generateSigningKey();
  const now = Date.UTC(2026, 0, 2, 3, 4, 5);
  const pem = await selfSignedCertificate({ commonName: 'login.example.com', key, now, days: 10 });
  const certificate = new X509Certificate(pem);
  assert.equal(certificate.subject, 'CN=login.example.com');
  assert.equal(certificate.issuer, certificate.subject);
  assert.ok(certificate.publicKey.equals(key.publicKey));
  assert.ok(certificate.verify(key.publicKey));
  assert.equal(certificate.validFromDate.getTime(), now);
  assert.equal(certificate.validToDate.getTime(), now + 10 * 24 * 60 * 60 * 1000);
  assert.equal(certificateThumbprint(pem), createHash('sha1').update(certificate.raw).digest('base64url'));
});
