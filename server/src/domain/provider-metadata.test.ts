// Tests what identity providers say of themselves.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { selfSignedCertificate } from '#crypto/certificate';
import { generateSigningKey } from '#crypto/signing-key';
import { type OutboundAnswer, OutboundFailed } from '#protocol/outbound';
import { certificateOptions, metadataOptions, withProviderMetadata } from './provider-metadata.ts';
import { InvalidSetting } from './refusals.ts';

let pem: string;
let der: string;

before(async () => {
  const key = await generateSigningKey('ES256');
  pem = await selfSignedCertificate({ commonName: 'idp.example.com', key, now: Date.UTC(2026, 0, 1), days: 31 });
  der = pem.replace(/-----[^-]+-----|\s/g, '');
});

const asked: string[] = [];
const publishing = (body: string, status = 200) => ({
  outbound: async ({ url }: { readonly url: string }): Promise<OutboundAnswer> => {
    asked.push(url);
    return { status, headers: {}, body };
  },
});

test('a certificate is told by its subject, end and thumbprint, whether it comes as PEM or as base64 of either form', () => {
  const options = certificateOptions(pem);
  assert.deepEqual(options['subject'], { commonName: 'idp.example.com' });
  assert.equal(options['expires'], '2026-02-01T00:00:00.000Z');
  assert.match((options['thumbprints'] as string[])[0] ?? '', /^[\da-f]{40}$/);
  assert.equal(options['cert'], pem);
  assert.deepEqual(certificateOptions(Buffer.from(pem).toString('base64')), options);
  assert.deepEqual(certificateOptions(der)['thumbprints'], options['thumbprints']);
  assert.deepEqual(certificateOptions('no certificate'), {});
  assert.deepEqual(certificateOptions(undefined), {});
});

const saml = (certificate: string) => `<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com">
  <md:SPSSODescriptor><md:KeyDescriptor use="signing"><X509Certificate>other</X509Certificate></md:KeyDescriptor></md:SPSSODescriptor>
  <md:IDPSSODescriptor>
    <md:KeyDescriptor use="encryption"><X509Certificate>another</X509Certificate></md:KeyDescriptor>
    <md:KeyDescriptor use="signing"><KeyInfo><X509Data><X509Certificate>
      ${certificate}
    </X509Certificate></X509Data></KeyInfo></md:KeyDescriptor>
    <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.com/out?a=1&amp;b=2"/>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/in"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>`;

test("a SAML provider's metadata says where people sign in and out, how, and by which certificate it signs", () => {
  assert.deepEqual(metadataOptions(saml(der), 'samlp'), {
    signInEndpoint: 'https://idp.example.com/in',
    signOutEndpoint: 'https://idp.example.com/out?a=1&b=2',
    bindingMethod: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
    signingCert: Buffer.from(`${pem}\n`).toString('base64'),
  });
  assert.deepEqual(metadataOptions('', 'samlp'), {});
  assert.throws(() => metadataOptions('<!DOCTYPE a><a/>', 'samlp'), InvalidSetting);
});

test("a WS-Federation provider's metadata says where people sign in", () => {
  const xml = `<EntityDescriptor><RoleDescriptor><fed:PassiveRequestorEndpoint xmlns:fed="f"><wsa:EndpointReference xmlns:wsa="w">
    <wsa:Address> https://adfs.example.com/ls </wsa:Address></wsa:EndpointReference></fed:PassiveRequestorEndpoint></RoleDescriptor></EntityDescriptor>`;
  assert.deepEqual(metadataOptions(xml, 'adfs'), { signInEndpoint: 'https://adfs.example.com/ls' });
});

test('each kind of provider is asked where it says what it is', async () => {
  asked.length = 0;
  const ctx = publishing('{"issuer":"https://idp.example.com"}');
  const oidc = await withProviderMetadata(ctx, 'oidc', {
    discovery_url: 'https://idp.example.com/conf',
    client_id: 'a',
  });
  assert.deepEqual(oidc['oidc_metadata'], { issuer: 'https://idp.example.com' });
  assert.equal(oidc['client_id'], 'a');
  await withProviderMetadata(ctx, 'okta', { domain: 'example.okta.com' });
  await withProviderMetadata(ctx, 'samlp', { metadataUrl: 'https://idp.example.com/saml' });
  await withProviderMetadata(ctx, 'adfs', { adfs_server: 'adfs.example.com' });
  await withProviderMetadata(ctx, 'auth0', { discovery_url: 'https://idp.example.com/conf' });
  assert.deepEqual(asked, [
    'https://idp.example.com/conf',
    'https://example.okta.com/.well-known/openid-configuration',
    'https://idp.example.com/saml',
    'https://adfs.example.com/FederationMetadata/2007-06/FederationMetadata.xml',
  ]);
});

test('what an administrator says goes before what the provider says, and nobody is asked who need not be', async () => {
  asked.length = 0;
  const options = await withProviderMetadata(publishing(saml(der)), 'samlp', {
    metadataUrl: 'https://idp.example.com/saml',
    signInEndpoint: 'https://own.example.com',
  });
  assert.equal(options['signInEndpoint'], 'https://own.example.com');
  assert.equal(options['bindingMethod'], 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST');
  asked.length = 0;
  await withProviderMetadata(publishing('{}'), 'oidc', { discovery_url: 'https://idp.example.com', oidc_metadata: {} });
  await withProviderMetadata(publishing('{}'), 'samlp', {
    metadataUrl: 'https://idp.example.com',
    metadataXml: '<a/>',
  });
  assert.deepEqual(asked, []);
});

test('a provider that says nothing, or nothing that can be read, leaves the options as they are', async () => {
  const options = { discovery_url: 'https://idp.example.com/conf' };
  for (const ctx of [publishing('{}', 404), publishing('<html>'), publishing('[]')]) {
    assert.deepEqual(await withProviderMetadata(ctx, 'oidc', options), options);
  }
  const silent = { outbound: () => Promise.reject(new OutboundFailed('nobody is there')) };
  assert.deepEqual(await withProviderMetadata(silent, 'oidc', options), options);
});
