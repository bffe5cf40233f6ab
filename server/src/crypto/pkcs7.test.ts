// Tests that a stranger's tool reads what we wrap.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { selfSignedCertificate } from './certificate.ts';
import { certificateAsPkcs7 } from './pkcs7.ts';
import { generateSigningKey } from './signing-key.ts';

const missing = spawnSync('openssl', ['version']).error ? 'there is no openssl on this machine' : false;

test('OpenSSL finds the certificate in the PKCS #7', { skip: missing }, async () => {
  const key = await generateSigningKey('RS256');
  const pem = await selfSignedCertificate({ commonName: 'id.example.com', key, now: Date.now(), days: 1 });
  const wrapped = certificateAsPkcs7(new X509Certificate(pem).raw.toString('base64'));
  const found = execFileSync('openssl', ['pkcs7', '-print_certs'], { input: wrapped, encoding: 'utf8' });
  const [, read = ''] = /(-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----)/.exec(found) ?? [];
  assert.equal(new X509Certificate(read).fingerprint256, new X509Certificate(pem).fingerprint256);
});
