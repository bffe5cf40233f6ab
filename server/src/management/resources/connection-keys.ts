// Owns the keys by which this server proves itself at the identity provider of a connection.
import { assertionAlgorithms } from '#crypto/assertion-key';
import { describeCertificate } from '#crypto/certificate-text';
import { certificateAsPkcs7 } from '#crypto/pkcs7';
import { type ConnectionKey, createKeys, keysOf, rotateKeys } from '#domain/connection-keys';
import { type Endpoint, endpoint } from '../resource.ts';
import { object, oneOf, optional } from '../schema.ts';
import { connectionOf } from './connection-collection.ts';

const path = '/connections/{id}/keys';
const body = object({
  signing_alg: optional(oneOf(assertionAlgorithms, { description: 'What the keys sign with' })),
});

/** Its certificate in the forms that providers ask for; never the private half. */
function shown({ kid, alg, status, certificate, current_since }: ConnectionKey): object {
  const text = describeCertificate(certificate);
  if (!text) throw new Error(`The certificate of the key ${kid} is damaged.`);
  const sha1 = text.sha1.toUpperCase();
  return {
    kid,
    algorithm: alg,
    key_use: 'signing',
    subject_dn: `/${text.subject.join('/')}`,
    cert: text.pem,
    fingerprint: sha1.replace(/..(?=.)/g, '$&:'),
    thumbprint: sha1,
    pkcs: certificateAsPkcs7(certificate.replace(/-----[^-]+-----|\s/g, '')),
    [status]: true,
    ...(current_since === undefined ? {} : { current_since: new Date(current_since).toISOString() }),
  };
}

export const connectionKeyEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path,
    summary: 'List the keys of a connection',
    scopes: ['read:connections_keys'],
    run: async ({ ctx, params }) => (await keysOf(ctx, await connectionOf(ctx, params.id))).map(shown),
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Make the keys of a connection before it uses them',
    scopes: ['create:connections_keys'],
    body,
    run: async ({ ctx, params, body: { signing_alg }, change }) => {
      const made = (await createKeys(ctx, await connectionOf(ctx, params.id), signing_alg)).map(shown);
      change.after = { keys: made };
      return made;
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/rotate` as const,
    summary: 'Let the next key of a connection take the place of the current one',
    scopes: ['create:connections_keys', 'update:connections_keys'],
    everyScope: true,
    body,
    run: async ({ ctx, params, body: { signing_alg }, change }) => {
      change.after = shown(await rotateKeys(ctx, await connectionOf(ctx, params.id), signing_alg));
      return change.after;
    },
  }),
];
