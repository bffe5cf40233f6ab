// Owns what an authorization request says, once it is read: typed, complete, and frozen for the whole journey.
import type { AuthorizationDetail } from './authorization-details.ts';
import { type ClaimsRequest, parseClaimsRequest } from './claims-request.ts';
import type { Client } from './client.ts';
import { profileOf } from './compliance.ts';
import { invalidRequest, OAuthError } from './oauth-error.ts';
import { type Parameters, refuseOverlong, wordsIn } from './parameters.ts';
import { parseCodeChallenge } from './pkce.ts';
import { type Prompt, parsePrompt } from './prompt.ts';
import { allowsMessage, type VerifiedRedirectUri } from './redirect-uri.ts';
import { namedApis } from './resource.ts';
import { findResponseMode, isQuery, type ResponseModeName, responseModeNames } from './response-modes.ts';
import { findResponseType, gives, isFrontChannel, type ResponseType, responseTypes } from './response-type.ts';
import { parseScope } from './scope.ts';

export interface AuthorizeRequest {
  readonly client_id: string;
  readonly redirect_uri: VerifiedRedirectUri;
  readonly response_type: ResponseType;
  readonly response_mode: ResponseModeName;
  readonly scope: readonly string[];
  /** The API that tokens are for, unless the token request picks another of the resources. */
  readonly audience?: string;
  /** All the APIs that were named, where `resource` named any (RFC 8707 §2). */
  readonly resources?: readonly string[];
  readonly state?: string;
  readonly nonce?: string;
  readonly code_challenge?: string;
  /** The thumbprint of the key that the code is bound to (RFC 9449 §10). */
  readonly dpop_jkt?: string;
  readonly prompt: readonly Prompt[];
  /** Seconds. */
  readonly max_age?: number;
  readonly login_hint?: string;
  readonly ui_locales: readonly string[];
  readonly screen_hint?: string;
  readonly connection?: string;
  /** Claims that are asked for one by one. */
  readonly claims?: ClaimsRequest;
  /** In order of preference. */
  readonly acr_values?: readonly string[];
  /** What is asked for in the API's own terms; read and judged with the API at hand. */
  readonly authorization_details?: readonly AuthorizationDetail[];
  /** As it was sent: whom the application expects. */
  readonly id_token_hint?: string;
}

function optional<K extends string>(parameters: Parameters, name: K): { [key in K]?: string } {
  const value = parameters.get(name);
  return value === undefined ? {} : ({ [name]: value } as { [key in K]: string });
}

/** These are as long as what they hold; their readers have limits of their own. */
const documents: ReadonlySet<string> = new Set(['id_token_hint', 'claims', 'authorization_details']);
const longestDocument = 16_384;

function parseMaxAge(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,10}$/.test(value)) throw invalidRequest('max_age must be a whole number of seconds.');
  return Number(value);
}

function parseThumbprint(value: string | undefined): string | undefined {
  if (value === undefined || /^[A-Za-z0-9_-]{43}$/.test(value)) return value;
  throw invalidRequest('dpop_jkt must be the SHA-256 thumbprint of a key, in base64url (RFC 7638).');
}

/** OAuth 2.0 Multiple Response Types §5: tokens come back in the fragment unless another way is asked for. */
function defaultMode(type: ResponseType): 'query' | 'fragment' {
  return isFrontChannel(type) ? 'fragment' : 'query';
}

type RegisteredResponse = Pick<Client, 'authorization_signed_response_alg' | 'compliance_level'>;

/**
 * JARM §3: an application that has registered a signature for its responses gets them signed unless it asks otherwise. Under
 * FAPI 1.0 it must ask, in what it signs (Advanced §5.2.2).
 */
function modeName(parameters: Parameters, registered: RegisteredResponse): string | undefined {
  const isByDefault = registered.authorization_signed_response_alg !== undefined && !profileOf(registered)?.isSigned;
  return parameters.get('response_mode') ?? (isByDefault ? 'jwt' : undefined);
}

/**
 * The response mode that a refusal travels by, when the request may be too broken to read further: the one asked for
 * where it can be used, else the default of the response type. A message goes to a registered origin or not at all.
 */
export function errorResponseMode(
  parameters: Parameters,
  redirectUri: VerifiedRedirectUri,
  client: Pick<Client, 'web_origins'> & RegisteredResponse,
): ResponseModeName {
  const byDefault = defaultMode(findResponseType(parameters.get('response_type') ?? '') ?? 'code');
  const mode = findResponseMode(modeName(parameters, client), byDefault);
  if (mode === undefined || (byDefault === 'fragment' && isQuery(mode))) return byDefault;
  return mode !== 'web_message' || allowsMessage(redirectUri, client) ? mode : byDefault;
}

function parseResponse(
  parameters: Parameters,
  registered: RegisteredResponse,
): { response_type: ResponseType; response_mode: ResponseModeName } {
  const name = parameters.get('response_type');
  if (name === undefined) throw invalidRequest('Missing required parameter: response_type');
  const type = findResponseType(name);
  if (type === undefined) {
    throw new OAuthError(
      'unsupported_response_type',
      `Unsupported response type. Use one of: ${responseTypes.join(', ')}.`,
    );
  }
  const mode = findResponseMode(modeName(parameters, registered), defaultMode(type));
  if (mode === undefined) throw invalidRequest(`Unknown response_mode. Use ${responseModeNames.join(', ')}.`);
  // OAuth 2.0 Multiple Response Types §3: a query is logged, and tokens would be with it.
  if (isFrontChannel(type) && isQuery(mode)) {
    throw invalidRequest(`response_mode=${mode} is not for response_type=${type}. Use fragment or form_post.`);
  }
  return { response_type: type, response_mode: mode };
}

/** OpenID Connect Core §3.2.2.1, §3.3.2.11: without a nonce an ID token from the front channel could be anybody's. */
function requireNonce(parameters: Parameters, type: ResponseType, scope: readonly string[]): void {
  if (!gives(type, 'id_token')) return;
  if (!scope.includes('openid'))
    throw invalidRequest(`openid scope must be requested when using response_type=${type}`);
  if (!parameters.has('nonce'))
    throw invalidRequest(`Missing required parameter: nonce. response_type=${type} needs it.`);
}

/**
 * Reads an authorization request whose client and redirect URI are proved. Throws OAuthError for what cannot be read
 * (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.1); unknown parameters are ignored, as the specifications ask.
 */
export function parseAuthorizeRequest(
  parameters: Parameters,
  redirectUri: VerifiedRedirectUri,
  registered: RegisteredResponse = {},
): AuthorizeRequest {
  for (const [name, value] of parameters)
    refuseOverlong(name, value, documents.has(name) ? longestDocument : undefined);
  const response = parseResponse(parameters, registered);
  const scope = parseScope(parameters.get('scope'));
  requireNonce(parameters, response.response_type, scope);
  const challenge = parseCodeChallenge(parameters);
  const thumbprint = parseThumbprint(parameters.get('dpop_jkt'));
  const maxAge = parseMaxAge(parameters.get('max_age'));
  const claims = parameters.get('claims');
  const acrValues = wordsIn(parameters.get('acr_values'));
  return {
    client_id: parameters.get('client_id') as string,
    redirect_uri: redirectUri,
    ...response,
    scope,
    prompt: parsePrompt(parameters.get('prompt')),
    ui_locales: wordsIn(parameters.get('ui_locales')),
    ...(challenge === undefined ? {} : { code_challenge: challenge }),
    ...(thumbprint === undefined ? {} : { dpop_jkt: thumbprint }),
    ...(maxAge === undefined ? {} : { max_age: maxAge }),
    ...namedApis(parameters),
    ...(claims === undefined ? {} : { claims: parseClaimsRequest(claims) }),
    ...(acrValues.length === 0 ? {} : { acr_values: acrValues }),
    ...optional(parameters, 'state'),
    ...optional(parameters, 'nonce'),
    ...optional(parameters, 'login_hint'),
    ...optional(parameters, 'screen_hint'),
    ...optional(parameters, 'connection'),
    ...optional(parameters, 'id_token_hint'),
  };
}
