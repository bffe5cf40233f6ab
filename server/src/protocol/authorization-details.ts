// Owns the shape of a rich authorization request's parts (RFC 9396 §2).

/** One permission, described by the API that defines its type. */
export interface AuthorizationDetail {
  readonly type: string;
  readonly [member: string]: unknown;
}
