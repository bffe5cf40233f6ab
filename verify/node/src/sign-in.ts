// Owns signing in with the issuer: the request, and what is made of its answer (OpenID Connect Core §3.1, RFC 7636, RFC 9207).
import { encodeBase64Url, type JsonObject } from './encoding.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import { sha256 } from './signature.ts';
import { checkSignature, readToken } from './token.ts';

export interface Application {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the issuer sends people back to. */
  readonly callback: string;
  readonly scope: string;
}

interface Endpoints {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
}

/** What is remembered of a request until its answer comes. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
}

const random = () => encodeBase64Url(crypto.getRandomValues(new Uint8Array(32)));

export function newSignIn(returnTo: string): PendingSignIn {
  return { state: random(), nonce: random(), verifier: random(), returnTo };
}

/** The address at which a person signs in. */
export async function authorizationUrl(
  { clientId, callback, scope }: Application,
  { authorization_endpoint }: Endpoints,
  { state, nonce, verifier }: PendingSignIn,
): Promise<string> {
  const url = new URL(authorization_endpoint);
  const parameters = {
    client_id: clientId,
    redirect_uri: callback,
    response_type: 'code',
    scope,
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

/** The ID token that a code is exchanged for. Throws SignInFailed. */
export async function redeem(
  { clientId, clientSecret, callback }: Application,
  { token_endpoint }: Endpoints,
  { code, verifier, fetch: ask }: { code: string; verifier: string; fetch: typeof fetch },
): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uri: callback,
    code,
    code_verifier: verifier,
  });
  const response = await ask(token_endpoint, {
    method: 'POST',
    body,
    // Never followed: an answer that leads elsewhere isn't ok. Workers know no `error`.
    redirect: 'manual',
    signal: AbortSignal.timeout(10_000),
  });
  const answer = (await response.json()) as JsonObject;
  if (!response.ok || typeof answer['id_token'] !== 'string') {
    throw failed(`The issuer gave no ID token: ${String(answer['error_description'] ?? response.status)}`);
  }
  return answer['id_token'];
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
