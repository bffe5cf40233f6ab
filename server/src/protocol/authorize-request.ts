// Owns what an authorization request says, once it is read: typed, complete, and frozen for the whole journey.
import { invalidRequest, OAuthError } from './oauth-error.ts';
import { type Parameters, refuseOverlong } from './parameters.ts';
import { parseCodeChallenge } from './pkce.ts';
import { type Prompt, parsePrompt } from './prompt.ts';
import { allowsMessage, type VerifiedRedirectUri } from './redirect-uri.ts';
import { isResponseMode, type ResponseModeName, responseModeNames } from './response-modes.ts';
import { parseScope } from './scope.ts';

export interface AuthorizeRequest {
  readonly client_id: string;
  readonly redirect_uri: VerifiedRedirectUri;
  readonly response_type: 'code';
  readonly response_mode: ResponseModeName;
  readonly scope: readonly string[];
  readonly audience?: string;
  readonly state?: string;
  readonly nonce?: string;
  readonly code_challenge?: string;
  readonly prompt: readonly Prompt[];
  /** Seconds. */
  readonly max_age?: number;
  readonly login_hint?: string;
  readonly ui_locales: readonly string[];
  readonly screen_hint?: string;
  readonly connection?: string;
  /** As it was sent: whom the application expects. */
  readonly id_token_hint?: string;
}

function optional<K extends string>(parameters: Parameters, name: K): { [key in K]?: string } {
  const value = parameters.get(name);
  return value === undefined ? {} : ({ [name]: value } as { [key in K]: string });
}

function parseMaxAge(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,10}$/.test(value)) throw invalidRequest('max_age must be a whole number of seconds.');
  return Number(value);
}

/**
 * The response mode that a refusal travels by, when the request may be too broken to read further: the one asked for
 * where it can be used, else the default of the code flow. A message goes to a registered origin or not at all.
 */
export function errorResponseMode(
  parameters: Parameters,
  redirectUri: VerifiedRedirectUri,
  client: { readonly web_origins: readonly string[] },
): ResponseModeName {
  const mode = parameters.get('response_mode');
  if (mode === undefined || !isResponseMode(mode)) return 'query';
  return mode !== 'web_message' || allowsMessage(redirectUri, client) ? mode : 'query';
}

function parseResponse(parameters: Parameters): { response_type: 'code'; response_mode: ResponseModeName } {
  const type = parameters.get('response_type');
  if (type === undefined) throw invalidRequest('Missing required parameter: response_type');
  if (type !== 'code') {
    throw new OAuthError('unsupported_response_type', 'Unsupported response type. Use response_type=code with PKCE.');
  }
  const mode = parameters.get('response_mode') ?? 'query';
  if (!isResponseMode(mode)) throw invalidRequest(`Unknown response_mode. Use ${responseModeNames.join(', ')}.`);
  return { response_type: type, response_mode: mode };
}

/** OpenID Connect Core §6: an answer that ignored a request object would grant what was not asked. */
function refuseRequestObjects(parameters: Parameters): void {
  if (parameters.has('request')) {
    throw new OAuthError('request_not_supported', 'Request objects are not supported. Send plain parameters.');
  }
  if (parameters.has('request_uri')) {
    throw new OAuthError('request_uri_not_supported', 'request_uri is not supported. Send plain parameters.');
  }
}

/**
 * Reads an authorization request whose client and redirect URI are proved. Throws OAuthError for what cannot be read
 * (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.1); unknown parameters are ignored, as the specifications ask.
 */
export function parseAuthorizeRequest(parameters: Parameters, redirectUri: VerifiedRedirectUri): AuthorizeRequest {
  // A token is as long as its claims; its reader has a limit of its own.
  for (const [name, value] of parameters) if (name !== 'id_token_hint') refuseOverlong(name, value);
  refuseRequestObjects(parameters);
  const challenge = parseCodeChallenge(parameters);
  const maxAge = parseMaxAge(parameters.get('max_age'));
  return {
    client_id: parameters.get('client_id') as string,
    redirect_uri: redirectUri,
    ...parseResponse(parameters),
    scope: parseScope(parameters.get('scope')),
    prompt: parsePrompt(parameters.get('prompt')),
    ui_locales: (parameters.get('ui_locales') ?? '').split(' ').filter((tag) => tag !== ''),
    ...(challenge === undefined ? {} : { code_challenge: challenge }),
    ...(maxAge === undefined ? {} : { max_age: maxAge }),
    ...optional(parameters, 'audience'),
    ...optional(parameters, 'state'),
    ...optional(parameters, 'nonce'),
    ...optional(parameters, 'login_hint'),
    ...optional(parameters, 'screen_hint'),
    ...optional(parameters, 'connection'),
    ...optional(parameters, 'id_token_hint'),
  };
}
