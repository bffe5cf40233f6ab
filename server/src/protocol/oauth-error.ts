// Owns what a protocol refusal is: its code, its status, and the sentence that the caller is told.

/** Every error code that may reach a client, with the status it has when it is answered directly. */
const statuses = {
  access_denied: 403,
  authorization_pending: 403,
  consent_required: 400,
  expired_token: 403,
  insufficient_scope: 403,
  interaction_required: 400,
  invalid_authorization_details: 400,
  invalid_binding_message: 400,
  invalid_client: 401,
  invalid_client_metadata: 400,
  invalid_dpop_proof: 400,
  invalid_grant: 403,
  invalid_redirect_uri: 400,
  invalid_request: 400,
  invalid_request_object: 400,
  invalid_request_uri: 400,
  invalid_scope: 400,
  invalid_target: 400,
  invalid_token: 401,
  login_required: 400,
  request_not_supported: 400,
  server_error: 500,
  slow_down: 403,
  temporarily_unavailable: 503,
  too_many_requests: 429,
  unauthorized: 403,
  unmet_authentication_requirements: 400,
  unapproved_software_statement: 400,
  unauthorized_client: 403,
  unknown_user_id: 400,
  unsupported_grant_type: 400,
  unsupported_response_type: 400,
  use_dpop_nonce: 400,
} as const;

export type OAuthErrorCode = keyof typeof statuses;

/** RFC 6749 §5.2: an error_description is of printable ASCII characters, without quotation marks and backslashes. */
function wireText(text: string): string {
  return text.replaceAll(/["\\]/g, "'").replaceAll(/[^\x20-\x7e]/g, '?');
}

/** A refusal in the form of RFC 6749 §5.2 and OpenID Connect Core §3.1.2.6. */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode;
  /** The public sentence: what was wrong and what to do. Never holds a secret. */
  readonly description: string;
  readonly status: number;
  /** For the log only. */
  readonly detail: string | undefined;

  /** `status` only where a specification has another one for this code at this place. */
  constructor(code: OAuthErrorCode, description: string, detail?: string, status: number = statuses[code]) {
    super(`${code}: ${description}`);
    this.name = 'OAuthError';
    this.code = code;
    this.description = wireText(description);
    this.status = status;
    this.detail = detail;
  }
}

/** The same refusal with the status of RFC 6749 §5.2, which knows none but 400 beside `invalid_client`. */
export function inStandardStatus(error: OAuthError): OAuthError {
  return error.status === 403 ? new OAuthError(error.code, error.description, error.detail, 400) : error;
}

/** A fault in how the request is written: the commonest refusal. */
export function invalidRequest(description: string): OAuthError {
  return new OAuthError('invalid_request', description);
}
