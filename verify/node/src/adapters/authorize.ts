// Owns what all adapters share: from a request to what its token says.
import { VerificationError } from '../errors.ts';
import type { AccessTokenClaims, Verifier, VerifyOptions } from '../verifier.ts';

/** What a route wants of who calls it. */
export interface Requirements extends Pick<VerifyOptions, 'scopes' | 'permissions'> {
  readonly verifier: Pick<Verifier, 'verify'>;
  /** Where applications reach this API, for DPoP: `https://api.example.com`. Unless told, what the request itself says. */
  readonly origin?: string;
}

/** A request, whatever framework it came by. A header that came several times is a list, or joined by commas. */
export interface IncomingCall {
  readonly method: string;
  /** The address that was called: whole, or from its path on. */
  readonly url: string;
  /** What the address begins with where `url` doesn't say it. */
  readonly origin: string;
  readonly header: (name: 'authorization' | 'dpop') => string | readonly string[] | null | undefined;
}

const credentials = /^(bearer|dpop) +([\w.~+/-]+=*)$/i;

function only(value: ReturnType<IncomingCall['header']>, name: string): string | undefined {
  const values = [value ?? []].flat();
  if (values.length > 1 || values[0]?.includes(',')) {
    throw new VerificationError('ambiguous_token', `The header ${name} came more than once. Send it once.`);
  }
  return values[0];
}

/** The claims of the token that a call brings. Throws VerificationError. */
export async function authorize(call: IncomingCall, needed: Requirements): Promise<AccessTokenClaims> {
  const authorization = only(call.header('authorization'), 'Authorization');
  if (authorization === undefined || authorization === '') {
    throw new VerificationError(
      'missing_token',
      'Send an access token in the header Authorization: Bearer, a space, the token.',
    );
  }
  const [, scheme, token] = credentials.exec(authorization) ?? [];
  if (scheme === undefined || token === undefined) {
    throw new VerificationError(
      'missing_token',
      'The header Authorization has no access token: Bearer, a space, the token.',
    );
  }
  const { verifier, scopes, permissions } = needed;
  const proof = only(call.header('dpop'), 'DPoP');
  const url = new URL(call.url, needed.origin ?? call.origin);
  const reached = needed.origin === undefined ? url : new URL(`${url.pathname}${url.search}`, needed.origin);
  return verifier.verify(token, {
    ...(scopes ? { scopes } : {}),
    ...(permissions ? { permissions } : {}),
    authorizationScheme: scheme,
    dpop: { method: call.method, url: reached.href, proof },
  });
}
