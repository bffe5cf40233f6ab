// Owns the table of what an application may register of itself: RFC 7591's names for the settings of ours, both ways.

import { type Client, idTokenLifetimeSec, type TokenEndpointAuthMethod } from './client.ts';
import { assertionAlgorithms } from './client-assertion.ts';
import {
  flag,
  httpsUri,
  listOf,
  oneOf,
  publicKeys,
  requestUri,
  type Shape,
  type Supported,
  seconds,
  text,
  uri,
} from './client-metadata-shapes.ts';
import { requestObjectAlgorithms, requestObjectSecretAlgorithms } from './request-object.ts';
import { findResponseType, type ResponseType, responseTypes } from './response-type.ts';
import { signingAlgorithms } from './signing-algorithm.ts';

export type Metadata = Readonly<Record<string, unknown>>;

/** What is registered, as settings of an application. */
export type RegisteredSettings = Partial<Client>;

/** One member of the metadata: how it is read into settings, and told again. */
interface Member {
  readonly name: string;
  /** The settings that are its own: who registers anew without it has them no more. */
  readonly settings: readonly (keyof Client)[];
  /** The settings, or the end of a sentence that begins with the member's name. */
  readonly read: (value: unknown, supported: Supported) => RegisteredSettings | string;
  /** Undefined: not told. */
  readonly tell: (client: Client) => unknown;
}

function member<T>(
  name: string,
  shape: Shape<T>,
  setting: keyof Client,
  set: (value: T) => RegisteredSettings,
  tell: (client: Client) => unknown,
): Member {
  const read: Member['read'] = (value, supported) => {
    const reading = shape(value, supported);
    return 'fault' in reading ? reading.fault : set(reading.value);
  };
  return { name, settings: [setting], read, tell };
}

/** A member whose value is the setting, under a name of ours. */
const as = <T>(name: string, shape: Shape<T>, setting: keyof Client): Member =>
  member(
    name,
    shape,
    setting,
    (value) => ({ [setting]: value }),
    (client) => client[setting],
  );

/** A member that has the same name here. */
const same = <T>(name: keyof Client, shape: Shape<T>): Member => as(name, shape, name);

const httpsMembers = ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri', 'initiate_login_uri', 'jwks_uri'] as const;
const flags = [
  ...(['require_auth_time', 'require_pushed_authorization_requests', 'dpop_bound_access_tokens'] as const),
  ...(['tls_client_certificate_bound_access_tokens', 'frontchannel_logout_session_required'] as const),
  'backchannel_logout_session_required' as const,
];
const certificateNames = [
  ...(['tls_client_auth_subject_dn', 'tls_client_auth_san_dns', 'tls_client_auth_san_uri'] as const),
  ...(['tls_client_auth_san_ip', 'tls_client_auth_san_email'] as const),
];
/** Answers that are protected as the application says. The ID token's signature is a setting of another shape. */
const signedAnswers = ['userinfo', 'authorization', 'introspection'] as const;
export const encryptedAnswers = ['id_token', ...signedAnswers] as const;

/**
 * Where a person takes part in every one of them: an application that nobody vetted gets no tokens for itself, and none
 * for a password.
 */
const registrableGrants: readonly string[] = [
  ...['authorization_code', 'implicit', 'refresh_token'],
  ...['urn:ietf:params:oauth:grant-type:device_code', 'urn:openid:params:grant-type:ciba'],
];

/** In whatever order its parts stand. */
const responseType: Shape<ResponseType> = (value) => {
  const found = typeof value === 'string' ? findResponseType(value) : undefined;
  return found === undefined ? { fault: `must be one of ${responseTypes.join(', ')}` } : { value: found };
};

const assertionAlgs = [...assertionAlgorithms.private_key_jwt, ...assertionAlgorithms.client_secret_jwt];
const algorithm = oneOf(() => signingAlgorithms);
const jweAlgorithm = oneOf(({ jweAlgorithms }) => jweAlgorithms);
const jweEncryption = oneOf(({ jweEncryptions }) => jweEncryptions);

export const members: readonly Member[] = [
  as('redirect_uris', listOf(uri), 'callbacks'),
  as('client_name', text(), 'name'),
  same('grant_types', listOf(oneOf(() => registrableGrants))),
  same('response_types', listOf(responseType)),
  member(
    'application_type',
    oneOf(() => ['web', 'native']),
    'app_type',
    (type) => ({ app_type: type === 'native' ? 'native' : 'regular_web' }),
    ({ app_type }) => (app_type === 'native' ? 'native' : 'web'),
  ),
  same(
    'token_endpoint_auth_method',
    oneOf(({ authMethods }) => authMethods as readonly TokenEndpointAuthMethod[]),
  ),
  same(
    'token_endpoint_auth_signing_alg',
    oneOf(() => assertionAlgs),
  ),
  ...certificateNames.map((name) => same(name, text(1024))),
  same('jwks', publicKeys),
  ...httpsMembers.map((name) => same(name, httpsUri)),
  ...flags.map((name) => same(name, flag)),
  same('contacts', listOf(text())),
  same(
    'subject_type',
    oneOf(() => ['public', 'pairwise']),
  ),
  same('sector_identifier_uri', httpsUri),
  member(
    'id_token_signed_response_alg',
    algorithm,
    'jwt_configuration',
    (alg) => ({ jwt_configuration: { alg, lifetime_in_seconds: idTokenLifetimeSec } }),
    ({ jwt_configuration }) => jwt_configuration.alg,
  ),
  ...signedAnswers.map((answer) => same(`${answer}_signed_response_alg`, algorithm)),
  ...encryptedAnswers.flatMap((answer) => [
    same(`${answer}_encrypted_response_alg`, jweAlgorithm),
    same(`${answer}_encrypted_response_enc`, jweEncryption),
  ]),
  same(
    'request_object_signing_alg',
    oneOf(() => [...requestObjectAlgorithms, ...requestObjectSecretAlgorithms]),
  ),
  same(
    'backchannel_authentication_request_signing_alg',
    oneOf(() => assertionAlgorithms.private_key_jwt),
  ),
  same('request_object_encryption_alg', jweAlgorithm),
  same('request_object_encryption_enc', jweEncryption),
  member(
    'require_signed_request_object',
    flag,
    'signed_request_object',
    (required) => ({ signed_request_object: { required } }),
    ({ signed_request_object }) => signed_request_object?.required,
  ),
  same('request_uris', listOf(requestUri)),
  same('default_max_age', seconds),
  same('default_acr_values', listOf(text())),
  as('post_logout_redirect_uris', listOf(uri), 'allowed_logout_urls'),
  member(
    'backchannel_logout_uri',
    httpsUri,
    'oidc_logout',
    (address) => ({ oidc_logout: { backchannel_logout_urls: [address] } }),
    ({ oidc_logout }) => oidc_logout?.backchannel_logout_urls?.[0],
  ),
  same('frontchannel_logout_uri', httpsUri),
];

/** All settings that registration decides about. */
const registrable: ReadonlySet<string> = new Set(members.flatMap(({ settings }) => settings));

/** An application without what it registered: what remains was decided by others, or is told to nobody. */
export function withoutRegistered(client: Client): Partial<Client> {
  return Object.fromEntries(Object.entries(client).filter(([setting]) => !registrable.has(setting)));
}

/** What is registered, in RFC 7591's names. */
export function toMetadata(client: Client): Metadata {
  const told = members.map(({ name, tell }) => [name, tell(client)] as const);
  // An empty list is as good as none.
  return Object.fromEntries(
    told.filter(([, value]) => value !== undefined && !(Array.isArray(value) && !value.length)),
  );
}
