// Owns the shape and the reading of a rich authorization request's parts (RFC 9396 §2).
import { OAuthError } from './oauth-error.ts';

/** One permission, described by the API that defines its type. */
export interface AuthorizationDetail {
  readonly type: string;
  readonly [member: string]: unknown;
}

const mostDetails = 20;

function isDetail(value: unknown): value is AuthorizationDetail {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return 'type' in value && typeof value.type === 'string' && value.type !== '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads the parameter, whose types must all be among those that the API knows. Throws invalid_authorization_details
 * (RFC 9396 §5).
 */
export function parseAuthorizationDetails(
  text: string,
  api: { readonly authorization_details?: readonly { readonly type: string }[] | null } | undefined,
): AuthorizationDetail[] {
  const refuse = (sentence: string) => new OAuthError('invalid_authorization_details', sentence);
  const details = parsed(text);
  if (!Array.isArray(details) || details.length === 0 || details.length > mostDetails || !details.every(isDetail)) {
    throw refuse(`authorization_details must be a JSON array of 1 to ${mostDetails} objects, each with a type.`);
  }
  const known = new Set(api?.authorization_details?.map(({ type }) => type));
  const unknown = details.find(({ type }) => !known.has(type));
  if (unknown) throw refuse(`The API knows no authorization_details of the type "${unknown.type.slice(0, 100)}".`);
  return details;
}
