// Owns why a token is refused: codes for programs, sentences for people, and the status that an API answers with.

/** The status of each code (RFC 6750 §3.1, RFC 9449 §7.1). */
const statuses = {
  missing_token: 401,
  ambiguous_token: 400,
  malformed: 401,
  encrypted: 401,
  wrong_kind: 401,
  wrong_algorithm: 401,
  unknown_key: 401,
  bad_signature: 401,
  wrong_issuer: 401,
  wrong_audience: 401,
  expired: 401,
  not_yet_valid: 401,
  revoked: 401,
  missing_proof: 401,
  invalid_proof: 401,
  missing_certificate: 401,
  insufficient_scope: 403,
  feed_stale: 503,
  no_feed: 503,
  issuer_unreachable: 503,
} as const;

export type VerificationCode = keyof typeof statuses;

/** Why a token was not accepted. The message is for people, and never repeats the token. */
export class VerificationError extends Error {
  override name = 'VerificationError';
  readonly code: VerificationCode;
  /** The HTTP status that an API answers with. */
  readonly status: number;
  /** For insufficient_scope: what is lacking. */
  readonly missing: readonly string[];

  constructor(code: VerificationCode, message: string, options: ErrorOptions & { missing?: readonly string[] } = {}) {
    super(message, options);
    this.code = code;
    this.status = statuses[code];
    this.missing = options.missing ?? [];
  }
}
