// Owns the shape and the reading of a rich authorization request's parts (RFC 9396 §2).
import { readObject } from './json-text.ts';
import { OAuthError } from './oauth-error.ts';

/** One permission, described by the API that defines its type. */
export interface AuthorizationDetail {
  readonly type: string;
  readonly [member: string]: unknown;
}

const mostDetails = 20;
/** Characters: they travel in tokens. */
const longest = 8192;

function isDetail(value: unknown): value is AuthorizationDetail {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return 'type' in value && typeof value.type === 'string' && value.type !== '';
}

/** The value of a JSON text in which no member comes twice and nothing lies too deep. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const read = readObject(`{"value":${text}}`);
    return typeof read === 'object' && read.duplicates.length === 0 ? value : undefined;
  } catch {
    return undefined;
  }
}

const refuse = (sentence: string) => new OAuthError('invalid_authorization_details', sentence);

/** What knows which types there are: an API. */
interface TypeList {
  readonly authorization_details?: readonly { readonly type: string }[] | null;
}

/** The types that some of the APIs knows. */
function typesOf(apis: readonly TypeList[]): ReadonlySet<string> {
  return new Set(apis.flatMap(({ authorization_details: types }) => types?.map(({ type }) => type) ?? []));
}

/** Reads the parameter, of whatever types. Throws invalid_authorization_details (RFC 9396 §5). */
export function readAuthorizationDetails(text: string | undefined): AuthorizationDetail[] | undefined {
  if (text === undefined) return undefined;
  const details = text.length > longest ? undefined : parsed(text);
  if (!Array.isArray(details) || details.length === 0 || details.length > mostDetails || !details.every(isDetail)) {
    throw refuse(`authorization_details must be a JSON array of 1 to ${mostDetails} objects, each with a type.`);
  }
  return details;
}

/** Throws invalid_authorization_details for a type that none of the APIs knows. */
export function refuseUnknownTypes(details: readonly AuthorizationDetail[], apis: readonly TypeList[]): void {
  const known = typesOf(apis);
  const unknown = details.find(({ type }) => !known.has(type));
  if (unknown) throw refuse(`The API knows no authorization_details of the type "${unknown.type.slice(0, 100)}".`);
}

/** Reads the parameter, whose types must all be among those that the API knows. Throws invalid_authorization_details. */
export function parseAuthorizationDetails(text: string, api: TypeList | undefined): AuthorizationDetail[] {
  const details = readAuthorizationDetails(text) as AuthorizationDetail[];
  refuseUnknownTypes(details, api ? [api] : []);
  return details;
}

/** Those of the details that an API knows (RFC 9396 §7): no token tells one API what is for another. */
export function detailsFor(
  details: readonly AuthorizationDetail[] | undefined,
  api: TypeList | undefined,
): readonly AuthorizationDetail[] | undefined {
  if (!details) return undefined;
  const known = typesOf(api ? [api] : []);
  const own = details.filter(({ type }) => known.has(type));
  return own.length === 0 ? undefined : own;
}

/** One text for whatever means the same: the order of members means nothing. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

/**
 * The details that a token request narrows a grant to (RFC 9396 §6): all of them, or some as they were granted. What a
 * detail means, and so what is less than it, only its API knows. Throws invalid_authorization_details.
 */
export function narrowDetails(
  granted: readonly AuthorizationDetail[] | undefined,
  text: string | undefined,
): readonly AuthorizationDetail[] | undefined {
  const asked = readAuthorizationDetails(text);
  if (!asked) return granted;
  const known = new Set(granted?.map(canonical));
  if (asked.every((detail) => known.has(canonical(detail)))) return asked;
  throw refuse('authorization_details asks for more than was granted. Repeat details as they were granted.');
}
