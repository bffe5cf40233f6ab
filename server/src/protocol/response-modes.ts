// Owns the list of response modes.
import type { VerifiedRedirectUri } from './redirect-uri.ts';
import type { Delivery, ResponseMode, ResponseParameters } from './response-mode.ts';
import { formPost } from './response-modes/form-post.ts';
import { fragment } from './response-modes/fragment.ts';
import { query } from './response-modes/query.ts';
import { webMessage } from './response-modes/web-message.ts';

const modes = [query, fragment, formPost, webMessage] as const;

export type ResponseModeName = (typeof modes)[number]['name'];
export const responseModeNames: readonly ResponseModeName[] = modes.map((mode) => mode.name);

const byName: ReadonlyMap<string, ResponseMode> = new Map(modes.map((mode) => [mode.name, mode]));

export function isResponseMode(name: string): name is ResponseModeName {
  return byName.has(name);
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
