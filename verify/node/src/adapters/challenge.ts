// Owns what an API answers to a request whose token it doesn't accept (RFC 6750 §3, RFC 9449 §7.1).
import { VerificationError } from '../errors.ts';
import { algorithmNames } from '../signature.ts';

export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: string; readonly error_description: string };
}

/** What a header's quoted text may hold (RFC 6750 §3). */
const quotable = (text: string) =>
  text
    .replace(/[^\x20-\x7e]/g, '')
    .replaceAll('"', "'")
    .replaceAll('\\', '/');

const errors: Readonly<Record<number, string>> = { 400: 'invalid_request', 403: 'insufficient_scope' };

function challengeOf({ code, status, message, missing }: VerificationError): string {
  const description = `error_description="${quotable(message)}"`;
  if (code === 'missing_proof' || code === 'invalid_proof') {
    return `DPoP error="invalid_dpop_proof", ${description}, algs="${algorithmNames.join(' ')}"`;
  }
  // Who sent no token is told how to, and not that anything was wrong.
  if (code === 'missing_token') return 'Bearer';
  const scope = missing.length === 0 ? '' : `, scope="${quotable(missing.join(' '))}"`;
  return `Bearer error="${errors[status] ?? 'invalid_token'}", ${description}${scope}`;
}

/** The answer to an error of `verify`; undefined for an error of another kind, which isn't the token's. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof VerificationError)) return undefined;
  const { status, code, message } = error;
  const body = (name: string) => ({ error: name, error_description: message });
  if (status === 503) {
    return {
      status,
      headers: { 'retry-after': '1', 'cache-control': 'no-store' },
      body: body('temporarily_unavailable'),
    };
  }
  const isProof = code === 'missing_proof' || code === 'invalid_proof';
  const name = isProof ? 'invalid_dpop_proof' : (errors[status] ?? 'invalid_token');
  return { status, headers: { 'www-authenticate': challengeOf(error), 'cache-control': 'no-store' }, body: body(name) };
}
