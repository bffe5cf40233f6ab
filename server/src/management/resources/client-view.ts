// Owns what callers see of an application: with Auth0's certificates, without secrets but for those who may read them.
import { X509Certificate } from 'node:crypto';
import { certificateAsPkcs7 } from '#crypto/pkcs7';
import { clientSecret } from '#domain/clients';
import type { Context } from '#domain/context';
import type { Document } from '#domain/records';
import type { KeySet } from '#domain/signing-keys';
import type { Client } from '#protocol/client';
import type { Call } from '../resource.ts';

const certificates = new WeakMap<KeySet, readonly object[]>();

/** The tenant's current certificate, as every application has it at Auth0. */
function signingKeys(ctx: Pick<Context, 'keys'>): readonly object[] {
  const { jwks } = ctx.keys;
  const known = certificates.get(jwks);
  if (known) return known;
  const der = jwks.keys.find(({ alg, x5c }) => alg === 'RS256' && Array.isArray(x5c))?.['x5c'] as [string] | undefined;
  if (!der) return [];
  const certificate = new X509Certificate(Buffer.from(der[0], 'base64'));
  const subject = `/${certificate.subject.split('\n').join('/')}`;
  const made = [{ cert: certificate.toString().replaceAll('\n', '\r\n'), pkcs7: certificateAsPkcs7(der[0]), subject }];
  certificates.set(jwks, made);
  return made;
}

const auth0Methods = ['none', 'client_secret_post', 'client_secret_basic', 'client_secret_jwt'];

function present(client: object): object {
  return Object.fromEntries(Object.entries(client).filter(([, value]) => value !== undefined && value !== null));
}

/** The whole of an application, with its secret if `withSecret`. */
export function clientView(ctx: Context, { body }: Document<Client>, withSecret: boolean): object {
  const {
    client_secret,
    previous_client_secret,
    credentials,
    registration,
    token_endpoint_auth_method: method,
    ...client
  } = body;
  const isAuth0s = auth0Methods.includes(method) && client.client_authentication_methods === undefined;
  const secret = withSecret ? clientSecret(ctx, body) : undefined;
  const { oidc_logout } = client;
  return present({
    tenant: new URL(ctx.issuer).hostname.split('.')[0],
    global: false,
    ...client,
    ...(isAuth0s ? { token_endpoint_auth_method: method } : {}),
    signing_keys: signingKeys(ctx),
    client_secret: secret,
    oidc_backchannel_logout: oidc_logout && { backchannel_logout_urls: oidc_logout.backchannel_logout_urls ?? [] },
  });
}

/** Who makes or changes an application is told its secret, who reads it only by the scope for that. */
export function shownClient(document: Document<Client>, call: Call): object {
  const { method } = call;
  const isWrite = method !== 'GET';
  return clientView(
    call.ctx,
    document,
    isWrite
      ? call.caller.may('create:clients') || call.caller.may('update:client_keys')
      : call.caller.may('read:client_keys'),
  );
}
