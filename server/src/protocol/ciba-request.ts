// Owns what a backchannel authentication request says (CIBA Core §7.1), once it is read.
import { invalidRequest, OAuthError } from './oauth-error.ts';
import { type Parameters, refuseOverlong, wordsIn } from './parameters.ts';
import { parseScope } from './scope.ts';

/** Whom the application wants to be asked. */
export type LoginHint =
  | { readonly kind: 'subject'; readonly sub: string }
  | { readonly kind: 'email'; readonly email: string }
  | { readonly kind: 'id-token'; readonly token: string };

export interface CibaRequest {
  readonly hint: LoginHint;
  readonly binding_message?: string;
  readonly expires_in: number;
  /** How strongly the person should prove who they are, the best first: it is told how they did (CIBA Core §7.1). */
  readonly acr_values?: readonly string[];
}

const defaultExpirySec = 300;
/** Auth0's limit: three days. */
const longestExpirySec = 259_200;
const longestMessage = 64;
// No control, no formatting and no direction marks: the message must look like what it is.
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u;

export function unknownUser(detail: string): OAuthError {
  return new OAuthError('unknown_user_id', 'User ID is malformed or unknown', detail);
}

/** Auth0's form: `{"format":"iss_sub","iss":"…","sub":"…"}`; also a plain e-mail address. */
function parseLoginHint(text: string, issuer: string): LoginHint {
  if (!text.startsWith('{')) {
    if (/^\S+@\S+$/.test(text)) return { kind: 'email', email: text };
    throw unknownUser('neither an iss_sub hint nor an e-mail address');
  }
  let hint: Record<string, unknown>;
  try {
    hint = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw unknownUser('login_hint is no JSON');
  }
  const { format, iss, sub } = hint;
  if (format !== 'iss_sub' || typeof iss !== 'string' || typeof sub !== 'string') throw unknownUser('no iss_sub hint');
  // Auth0's own examples leave the slash away.
  if (iss !== issuer && `${iss}/` !== issuer) throw unknownUser('of another issuer');
  return { kind: 'subject', sub };
}

/** CIBA Core §7.1: there is one hint and no more. */
function parseHint(form: Parameters, issuer: string): LoginHint {
  if (form.has('login_hint_token')) {
    throw invalidRequest('login_hint_token is not supported. Send login_hint or id_token_hint.');
  }
  const [login, token] = [form.get('login_hint'), form.get('id_token_hint')];
  if ((login === undefined) === (token === undefined)) {
    throw invalidRequest('Send exactly one of login_hint and id_token_hint.');
  }
  return token === undefined ? parseLoginHint(login as string, issuer) : { kind: 'id-token', token };
}

function parseBindingMessage(message: string | undefined): { binding_message?: string } {
  if (message === undefined) return {};
  if ([...message].length > longestMessage || !printable.test(message)) {
    throw new OAuthError(
      'invalid_binding_message',
      `binding_message may have at most ${longestMessage} printable characters, without line breaks.`,
    );
  }
  return { binding_message: message };
}

function parseExpiry(value: string | undefined): number {
  if (value === undefined) return defaultExpirySec;
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : 0;
  if (seconds >= 1 && seconds <= longestExpirySec) return seconds;
  throw invalidRequest(`requested_expiry must be a whole number of seconds from 1 to ${longestExpirySec}.`);
}

/** Reads a request of an application that is known. Throws OAuthError. */
export function parseCibaRequest(form: Parameters, issuer: string): CibaRequest {
  for (const [name, value] of form) if (name !== 'id_token_hint') refuseOverlong(name, value);
  if (!parseScope(form.get('scope')).includes('openid')) throw invalidRequest('openid scope must be requested');
  const acrValues = wordsIn(form.get('acr_values'));
  return {
    hint: parseHint(form, issuer),
    expires_in: parseExpiry(form.get('requested_expiry')),
    ...(acrValues.length === 0 ? {} : { acr_values: acrValues }),
    ...parseBindingMessage(form.get('binding_message')),
  };
}
