// Owns the rules of what applications may register together (RFC 7591 §2, OpenID Connect Registration §2).

import { type Client, idTokenLifetimeSec, type TokenEndpointAuthMethod } from './client.ts';
import { assertionAlgorithms } from './client-assertion.ts';
import { logoutAddresses, logoutAddressFault } from './client-logout.ts';
import { encryptedAnswers, type Metadata, members, type RegisteredSettings } from './client-metadata.ts';
import type { Supported } from './client-metadata-shapes.ts';
import { hasOneSector, joiningFault } from './client-sector.ts';
import { OAuthError } from './oauth-error.ts';
import { isOnLoopback } from './redirect-uri.ts';
import { requestObjectSecretAlgorithms } from './request-object.ts';
import { findResponseType, gives, isFrontChannel, type ResponseType } from './response-type.ts';

export function invalidMetadata(sentence: string): OAuthError {
  return new OAuthError('invalid_client_metadata', sentence);
}

function invalidRedirect(sentence: string): OAuthError {
  return new OAuthError('invalid_redirect_uri', sentence);
}

/** What must be there for an application to work at all. */
type Needed =
  | 'name'
  | 'callbacks'
  | 'allowed_logout_urls'
  | 'grant_types'
  | 'response_types'
  | 'token_endpoint_auth_method'
  | 'jwt_configuration';

/** Settings that are complete. */
export type Registrable = RegisteredSettings &
  Pick<Client, Exclude<Needed, 'response_types'>> &
  Required<Pick<Client, 'response_types'>>;

/** Reads the members one by one. What isn't known is ignored, and null is as good as nothing (RFC 7591 §2, RFC 7592 §2.2). */
function readMembers(metadata: Metadata, supported: Supported): RegisteredSettings {
  const all = members.map(({ name, read }): RegisteredSettings => {
    const value = Object.hasOwn(metadata, name) ? metadata[name] : undefined;
    if (value === undefined || value === null) return {};
    const settings = read(value, supported);
    if (typeof settings !== 'string') return settings;
    throw name === 'redirect_uris'
      ? invalidRedirect(`The member redirect_uris ${settings}.`)
      : invalidMetadata(`The member ${name} ${settings}.`);
  });
  return Object.assign({}, ...all) as RegisteredSettings;
}

// RFC 8252 §7.1: a domain name of the application's own, reversed.
const privateScheme = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:/i;

/** Why an address is none of such an application; undefined when it may be. */
function kindFault(uri: string, isNative: boolean): string | undefined {
  if (uri.startsWith('https://')) return undefined;
  if (!isNative) return 'must begin with https://';
  if (isOnLoopback(uri) || privateScheme.test(uri)) return undefined;
  return 'must be https, http on the loopback interface, or have a scheme such as com.example.app';
}

function checkAddresses({ callbacks, allowed_logout_urls, app_type, response_types }: Registrable): void {
  const isNative = app_type === 'native';
  for (const uri of callbacks) {
    const fault = kindFault(uri, isNative);
    if (fault !== undefined)
      throw invalidRedirect(`The member redirect_uris has ${JSON.stringify(uri)}, which ${fault}.`);
  }
  if (callbacks.length === 0 && response_types.length > 0) {
    throw invalidRedirect('The member redirect_uris is missing: there is no address to send responses to.');
  }
  for (const uri of allowed_logout_urls) {
    const fault = kindFault(uri, isNative);
    if (fault !== undefined) {
      throw invalidMetadata(`The member post_logout_redirect_uris has ${JSON.stringify(uri)}, which ${fault}.`);
    }
  }
}

/** The grants that a response type needs (OpenID Connect Registration §2). */
function grantsFor(type: ResponseType): string[] {
  return [...(gives(type, 'code') ? ['authorization_code'] : []), ...(isFrontChannel(type) ? ['implicit'] : [])];
}

const needs = (types: readonly string[], grant: string) =>
  types.some((name) => grantsFor(findResponseType(name) as ResponseType).includes(grant));

/** What isn't said follows from what is (RFC 7591 §2.1). */
function responsesOf({
  grant_types,
  response_types,
}: RegisteredSettings): Pick<Registrable, 'grant_types' | 'response_types'> {
  const responded = ['authorization_code', 'implicit'] as const;
  if (grant_types === undefined) {
    const types = response_types ?? ['code'];
    return { response_types: types, grant_types: responded.filter((grant) => needs(types, grant)) };
  }
  return {
    grant_types,
    response_types:
      response_types ?? (grant_types.some((grant) => responded.some((one) => one === grant)) ? ['code'] : []),
  };
}

function checkResponses({ grant_types, response_types }: Registrable): void {
  for (const grant of ['authorization_code', 'implicit']) {
    const isNeeded = needs(response_types, grant);
    if (isNeeded && !grant_types.includes(grant)) {
      throw invalidMetadata(`The member grant_types must contain ${grant} for these response_types.`);
    }
    if (!isNeeded && grant_types.includes(grant)) {
      throw invalidMetadata(`The member response_types has none that needs the grant type ${grant}.`);
    }
  }
}

function checkAuthentication(settings: Registrable): void {
  const { token_endpoint_auth_method: method, token_endpoint_auth_signing_alg: alg, jwks, jwks_uri } = settings;
  const hasKeys = jwks !== undefined || jwks_uri !== undefined;
  if (jwks !== undefined && jwks_uri !== undefined) {
    throw invalidMetadata('The members jwks and jwks_uri exclude each other.');
  }
  if ((method === 'private_key_jwt' || method === 'self_signed_tls_client_auth') && !hasKeys) {
    throw invalidMetadata(`The member token_endpoint_auth_method is ${method}, which needs jwks or jwks_uri.`);
  }
  const names = Object.keys(settings).filter((name) => name.startsWith('tls_client_auth_'));
  if (names.length !== (method === 'tls_client_auth' ? 1 : 0)) {
    throw invalidMetadata(
      'Exactly one member tls_client_auth_… belongs to the token_endpoint_auth_method tls_client_auth.',
    );
  }
  const allowed: readonly string[] | undefined = (
    assertionAlgorithms as Partial<Record<TokenEndpointAuthMethod, readonly string[]>>
  )[method];
  if (alg !== undefined && allowed && !allowed.includes(alg)) {
    throw invalidMetadata(`The member token_endpoint_auth_signing_alg is ${alg}, which ${method} cannot have.`);
  }
}

/** Answers can be signed with a secret only where there is one, and encrypted only where there is a key. */
function checkProtection(settings: Registrable): void {
  const { jwks, jwks_uri, token_endpoint_auth_method: method, jwt_configuration } = settings;
  const values = settings as Metadata;
  for (const answer of encryptedAnswers) {
    const [alg, enc] = [values[`${answer}_encrypted_response_alg`], values[`${answer}_encrypted_response_enc`]];
    if (enc !== undefined && alg === undefined) {
      throw invalidMetadata(`The member ${answer}_encrypted_response_enc needs ${answer}_encrypted_response_alg.`);
    }
    if (alg !== undefined && jwks === undefined && jwks_uri === undefined) {
      throw invalidMetadata(
        `The member ${answer}_encrypted_response_alg needs jwks or jwks_uri, with a key to encrypt for.`,
      );
    }
    const signed = answer === 'id_token' ? jwt_configuration.alg : values[`${answer}_signed_response_alg`];
    if (signed === 'HS256' && !method.startsWith('client_secret_')) {
      throw invalidMetadata(`The member ${answer}_signed_response_alg is HS256, which needs a client_secret.`);
    }
  }
}

/** The same of requests, which the application signs and we decrypt. */
function checkRequests(settings: Registrable): void {
  const { token_endpoint_auth_method: method } = settings;
  const { request_object_signing_alg: requestAlg = '' } = settings;
  if (requestObjectSecretAlgorithms.includes(requestAlg) && !method.startsWith('client_secret_')) {
    throw invalidMetadata(`The member request_object_signing_alg is ${requestAlg}, which needs a client_secret.`);
  }
  if (settings.request_object_encryption_enc !== undefined && settings.request_object_encryption_alg === undefined) {
    throw invalidMetadata('The member request_object_encryption_enc needs request_object_encryption_alg.');
  }
}

/** Nothing that runs beside the server is called for somebody who registered by themselves. */
function checkLogoutAddresses(settings: Registrable): void {
  const plain = logoutAddresses(settings).find((uri) => !uri.startsWith('https://'));
  const wrong = plain === undefined ? logoutAddressFault(settings) : { uri: plain, fault: 'must begin with https://' };
  if (wrong) throw invalidMetadata(`The address ${JSON.stringify(wrong.uri)} for log-outs ${wrong.fault}.`);
}

function checkRest(settings: Registrable): void {
  checkLogoutAddresses(settings);
  if (settings.subject_type === 'pairwise' && !hasOneSector(settings)) {
    throw invalidMetadata('The member sector_identifier_uri is missing: the redirect_uris are on several hosts.');
  }
  const joining = joiningFault(settings);
  if (joining !== undefined) {
    throw invalidMetadata(`The member subject_type is pairwise, which ${joining} for grants without redirect_uris.`);
  }
}

/** A name that people can judge by, where the application gives none: where it wants them to be sent. */
function defaultName([uri = '']: readonly string[]): string {
  return (URL.parse(uri)?.hostname || URL.parse(uri)?.protocol.slice(0, -1)) ?? 'Application';
}

/**
 * Reads what an application registers, and completes it. Everything but what is at other addresses is checked. Throws
 * invalid_redirect_uri, invalid_client_metadata and unapproved_software_statement, with a sentence that names the member.
 */
export function readRegistration(metadata: Metadata, supported: Supported): Registrable {
  if (Object.hasOwn(metadata, 'software_statement')) {
    throw new OAuthError(
      'unapproved_software_statement',
      'No issuer of software statements is trusted here. Register without one.',
    );
  }
  const read = readMembers(metadata, supported);
  const { callbacks = [], token_endpoint_auth_method = 'client_secret_basic', app_type = 'regular_web' } = read;
  const settings: Registrable = {
    jwt_configuration: { alg: 'RS256', lifetime_in_seconds: idTokenLifetimeSec },
    subject_type: 'public',
    allowed_logout_urls: [],
    ...read,
    ...responsesOf(read),
    name: read.name ?? defaultName(callbacks),
    callbacks,
    token_endpoint_auth_method,
    app_type: app_type !== 'native' && token_endpoint_auth_method === 'none' ? 'spa' : app_type,
  };
  checkAddresses(settings);
  checkResponses(settings);
  checkAuthentication(settings);
  checkProtection(settings);
  checkRequests(settings);
  checkRest(settings);
  return settings;
}
