// Owns what callers see of an application: with Auth0's certificates, without secrets but for those who may read them.
import { describeCertificate } from '#crypto/certificate-text';
import { certificateAsPkcs7 } from '#crypto/pkcs7';
import { clientSecret } from '#domain/clients';
import { type Context, tenantName } from '#domain/context';
import type { Document } from '#domain/records';
import type { KeySet } from '#domain/signing-keys';
import type { Client } from '#protocol/client';
import type { Call } from '../resource.ts';
import { shownCredential } from './client-credentials.ts';

const certificates = new WeakMap<KeySet, readonly object[]>();

/** The tenant's current certificate, as every application has it at Auth0. */
function signingKeys(ctx: Pick<Context, 'keys'>): readonly object[] {
  const { jwks } = ctx.keys;
  const known = certificates.get(jwks);
  if (known) return known;
  const der = jwks.keys.find(({ alg, x5c }) => alg === 'RS256' && Array.isArray(x5c))?.['x5c'] as [string] | undefined;
  const certificate = der && describeCertificate(der[0]);
  if (!certificate) return [];
  const subject = `/${certificate.subject.join('/')}`;
  const made = [{ cert: certificate.pem, pkcs7: certificateAsPkcs7(der[0]), subject }];
  certificates.set(jwks, made);
  return made;
}

const auth0Methods = ['none', 'client_secret_post', 'client_secret_basic', 'client_secret_jwt'];

function present(client: object): object {
  return Object.fromEntries(Object.entries(client).filter(([, value]) => value !== undefined && value !== null));
}

/** The whole of an application, with its secret if `withSecret`. */
function clientView(ctx: Context, { body }: Document<Client>, withSecret: boolean): object {
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
    tenant: tenantName(ctx),
    global: false,
    callback_url_template: false,
    ...(body.global ? { encrypted: true } : {}),
    ...client,
    ...(isAuth0s ? { token_endpoint_auth_method: method } : {}),
    signing_keys: signingKeys(ctx),
    client_secret: secret,
    oidc_backchannel_logout: oidc_logout && { backchannel_logout_urls: oidc_logout.backchannel_logout_urls ?? [] },
  });
}

/** The credentials in the place of their references, as who has just made them is told. */
function withCredentials({ credentials = [], client_authentication_methods: methods }: Client): object {
  if (!methods) return {};
  const whole = (named: readonly { readonly id: string }[] = []) =>
    named.flatMap(({ id }) => credentials.filter((one) => one.id === id).map(shownCredential));
  const entries = Object.entries(methods).map(([name, method]) => [name, { credentials: whole(method?.credentials) }]);
  return { client_authentication_methods: Object.fromEntries(entries) };
}

/** Who makes or changes an application is told its secret, who reads it only by the scope for that. */
export function shownClient(document: Document<Client>, { ctx, caller, method }: Call): object {
  const writers = ['create:clients', 'update:client_keys'];
  const withSecret = method === 'GET' ? caller.may('read:client_keys') : writers.some((scope) => caller.may(scope));
  const view = clientView(ctx, document, withSecret);
  return method === 'POST' ? { ...view, ...withCredentials(document.body) } : view;
}
