// Owns signing in with the issuer: the request, and what is made of its answer (OpenID Connect Core §3.1, RFC 7636, RFC 9207).
import { encodeBase64Url, type JsonObject } from '../encoding.ts';
import { VerificationError } from '../errors.ts';
import type { IssuerKeys } from '../issuer-keys.ts';
import { sha256 } from '../signature.ts';
import { checkSignature, readToken } from '../token.ts';

export interface Application {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the issuer sends people back to. */
  readonly callback: string;
  readonly scope: string;
  /** The API that the application calls for people, if any. */
  readonly audience?: string | undefined;
}

/** The issuer's addresses. */
export interface Endpoints {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly end_session_endpoint?: string;
}

/** What is remembered of a request until its answer comes. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
}

/** What a link to the sign-in may wish for; nothing here decides what an application relies upon. */
const hintNames = [
  'screen_hint',
  'login_hint',
  'ui_locales',
  'prompt',
  'connection',
  'organization',
  'invitation',
] as const;

export type SignInHints = { readonly [name in (typeof hintNames)[number]]?: string };

/** The hints among the parameters of an address. */
export function hintsIn(parameters: URLSearchParams): SignInHints {
  return Object.fromEntries(hintNames.flatMap((name) => (parameters.has(name) ? [[name, parameters.get(name)]] : [])));
}

const random = () => encodeBase64Url(crypto.getRandomValues(new Uint8Array(32)));

const again = 'again-';
const answerWithinMs = 10_000;

/** `isAgain`: whether it takes the place of one whose beginning this browser no longer knew. */
export function newSignIn(returnTo: string, isAgain: boolean): PendingSignIn {
  return { state: `${isAgain ? again : ''}${random()}`, nonce: random(), verifier: random(), returnTo };
}

/** Whether an answer has a code for a sign-in that wasn't begun again: then it may be, once. */
export function mayBeginAgain(answer: URLSearchParams): boolean {
  return answer.has('code') && answer.get('state')?.startsWith(again) === false;
}

/** The address at which a person signs in. */
export async function authorizationUrl(
  { clientId, callback, scope, audience }: Application,
  { authorization_endpoint }: Endpoints,
  { pending: { state, nonce, verifier }, hints }: { readonly pending: PendingSignIn; readonly hints: SignInHints },
): Promise<string> {
  const url = new URL(authorization_endpoint);
  const parameters = {
    ...hints,
    client_id: clientId,
    redirect_uri: callback,
    response_type: 'code',
    scope,
    ...(audience === undefined ? {} : { audience }),
    state,
    nonce,
    code_challenge: encodeBase64Url(await sha256(verifier)),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** Why somebody could not be signed in; the message is for people. */
export class SignInFailed extends Error {
  override name = 'SignInFailed';
}

const failed = (message: string) => new SignInFailed(message);

/** The code of the issuer's answer. Throws SignInFailed for one that isn't the answer to this request. */
export function codeOf(answer: URLSearchParams, { issuer }: Application, pending: PendingSignIn): string {
  if (answer.get('state') !== pending.state) throw failed('The answer belongs to another sign-in. Begin again.');
  const iss = answer.get('iss');
  if (iss !== null && iss !== issuer) throw failed('The answer is of another issuer.');
  const error = answer.get('error');
  if (error !== null) throw failed(answer.get('error_description') ?? error);
  const code = answer.get('code');
  if (code === null) throw failed('The answer has no code.');
  return code;
}

/** What the token endpoint gives (RFC 6749 §5.1). */
export interface TokenAnswer {
  readonly id_token?: string;
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly refresh_token?: string;
}

async function answerOf(endpoint: string, body: URLSearchParams, ask: typeof fetch): Promise<Response> {
  try {
    // Never followed: an answer that leads elsewhere isn't ok. Workers know no `error`.
    const request = { method: 'POST', body, redirect: 'manual', signal: AbortSignal.timeout(answerWithinMs) } as const;
    const response = await ask(endpoint, request);
    if (response.status < 500 && response.status !== 429) return response;
    throw new Error(`${endpoint} answered ${response.status}.`);
  } catch (cause) {
    throw new VerificationError('issuer_unreachable', 'The issuer cannot be reached for tokens. Try again.', { cause });
  }
}

/** Asks the token endpoint. Throws SignInFailed when it refuses, and issuer_unreachable. */
async function askForTokens(
  { clientId, clientSecret }: Application,
  { token_endpoint }: Endpoints,
  { fields, fetch: ask }: { readonly fields: Readonly<Record<string, string>>; readonly fetch: typeof fetch },
): Promise<TokenAnswer> {
  const body = new URLSearchParams({ ...fields, client_id: clientId, client_secret: clientSecret });
  const response = await answerOf(token_endpoint, body, ask);
  const answer = (await response.json().catch(() => ({}))) as JsonObject;
  if (response.ok && typeof answer['access_token'] === 'string') return answer as unknown as TokenAnswer;
  throw failed(`The issuer gave no tokens: ${String(answer['error_description'] ?? response.status)}`);
}

/** What a code is exchanged for. Throws as `askForTokens` does. */
export function redeem(
  application: Application,
  endpoints: Endpoints,
  {
    code,
    verifier,
    fetch,
  }: { readonly code: string; readonly verifier: string; readonly fetch: typeof globalThis.fetch },
): Promise<TokenAnswer> {
  const fields = {
    grant_type: 'authorization_code',
    redirect_uri: application.callback,
    code,
    code_verifier: verifier,
  };
  return askForTokens(application, endpoints, { fields, fetch });
}

/** New tokens by a refresh token. Throws as `askForTokens` does. */
export function renew(
  application: Application,
  endpoints: Endpoints,
  { refreshToken, fetch }: { readonly refreshToken: string; readonly fetch: typeof globalThis.fetch },
): Promise<TokenAnswer> {
  const fields = { grant_type: 'refresh_token', refresh_token: refreshToken };
  return askForTokens(application, endpoints, { fields, fetch });
}

const tolerance = 10;

/** What a token for this application says. Throws when it isn't the issuer's, or isn't for this application. */
export async function openToken(
  token: string,
  { issuer, clientId }: Pick<Application, 'issuer' | 'clientId'>,
  { keys, now }: { keys: Pick<IssuerKeys, 'find'>; now: number },
): Promise<{ readonly header: JsonObject; readonly claims: JsonObject }> {
  const read = readToken(token);
  await checkSignature(read, await keys.find(String(read.header['kid'])));
  const { iss, aud, azp, exp, iat } = read.claims;
  const audiences = [aud].flat();
  if (iss !== issuer || !audiences.includes(clientId) || (azp !== undefined && azp !== clientId)) {
    throw failed('The token is not for this application.');
  }
  if (typeof exp !== 'number' || exp + tolerance <= now) throw failed('The token has expired.');
  if (typeof iat !== 'number' || iat > now + tolerance) throw failed('The token is from the future.');
  return read;
}
