// Owns the list of response modes.
import type { VerifiedRedirectUri } from './redirect-uri.ts';
import type { Delivery, ResponseMode, ResponseParameters } from './response-mode.ts';
import { formPost } from './response-modes/form-post.ts';
import { fragment } from './response-modes/fragment.ts';
import { query } from './response-modes/query.ts';
import { webMessage } from './response-modes/web-message.ts';

const modes = [query, fragment, formPost, webMessage] as const;

type PlainMode = (typeof modes)[number]['name'];
/** The same ways, for a response that is one signed JWT (JARM §2.3). */
type SignedMode = `${Exclude<PlainMode, 'web_message'>}.jwt`;

export type ResponseModeName = PlainMode | SignedMode;

const signedMode = (name: string) => `${name}.jwt`;
const signable: readonly ResponseMode[] = [query, fragment, formPost];

const byName: ReadonlyMap<string, ResponseMode> = new Map<string, ResponseMode>([
  ...modes.map((mode) => [mode.name, mode] as const),
  ...signable.map((mode) => [signedMode(mode.name), mode] as const),
]);

/** What a request may ask for: `jwt` is the signed form of the mode that the response type has by default. */
export const responseModeNames: readonly string[] = [...byName.keys(), 'jwt'];

/** The mode of this name, where `byDefault` says which one it is without a name. Undefined when there is none. */
export function findResponseMode(
  name: string | undefined,
  byDefault: 'query' | 'fragment',
): ResponseModeName | undefined {
  if (name === undefined) return byDefault;
  if (name === 'jwt') return `${byDefault}.jwt`;
  return byName.has(name) ? (name as ResponseModeName) : undefined;
}

/** Whether the response must be made into one signed JWT before it is delivered. */
export function isSigned(mode: ResponseModeName): mode is SignedMode {
  return mode.endsWith('.jwt');
}

/** Whether the response would stand in the query of an address, where servers log it. */
export function isQuery(mode: ResponseModeName): boolean {
  return byName.get(mode) === query;
}

/** Says how an authorization response travels back. */
export function deliver(
  mode: ResponseModeName,
  redirectUri: VerifiedRedirectUri,
  response: ResponseParameters,
): Delivery {
  const present = Object.entries(response).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return (byName.get(mode) as ResponseMode).deliver(redirectUri, Object.fromEntries(present));
}
