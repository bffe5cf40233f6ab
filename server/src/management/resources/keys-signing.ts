// Owns /api/v2/keys/signing: what tokens are signed with.
import { describeCertificate } from '#crypto/certificate-text';
import { certificateAsPkcs7 } from '#crypto/pkcs7';
import type { Context } from '#domain/context';
import {
  listSigningKeys,
  RotationRefused,
  revokeSigningKey,
  rotateSigningKey,
  type SigningKey,
} from '#domain/key-rotation';
import { ApiError } from '#protocol/api-error';
import { type Endpoint, endpoint, listing } from '../resource.ts';

const iso = (at: number | null) => (at === null ? undefined : new Date(at).toISOString());

const colons = (hexadecimal: string) => hexadecimal.toUpperCase().match(/../g)?.join(':');

function shown(key: SigningKey): object {
  const certificate = describeCertificate(key.certificate);
  return {
    kid: key.kid,
    alg: key.alg,
    cert: certificate?.pem,
    pkcs7: certificateAsPkcs7(key.certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '')),
    fingerprint: certificate && colons(certificate.sha1),
    thumbprint: certificate?.sha1.toUpperCase(),
    current: key.status === 'current',
    next: key.status === 'next',
    previous: key.status === 'previous',
    current_since: iso(key.activated_at),
    current_until: iso(key.retired_at),
    revoked: key.status === 'revoked',
    revoked_at: iso(key.revoked_at),
  };
}

/** Auth0 has keys of one algorithm, and so it is with what its tools are told unless a key is named. */
async function ringOf(ctx: Context): Promise<readonly SigningKey[]> {
  return (await listSigningKeys(ctx)).filter(({ alg }) => alg === 'RS256');
}

async function keyOf(ctx: Context, kid: string): Promise<SigningKey> {
  const found = (await listSigningKeys(ctx)).find((key) => key.kid === kid);
  if (!found) throw new ApiError(404, 'The signing key does not exist.', 'inexistent_signing_key');
  return found;
}

const read = ['read:signing_keys'];
const update = ['update:signing_keys'];

export const keysSigning: readonly Endpoint[] = [
  listing({
    path: '/keys/signing',
    summary: 'List the keys that RS256 tokens are signed with',
    scopes: read,
    key: 'keys',
    ways: 'none',
    totals: 'never',
    page: async ({ ctx }) => ({ items: (await ringOf(ctx)).map(shown) }),
  }),
  endpoint({
    method: 'GET',
    path: '/keys/signing/{kid}',
    summary: 'Read a signing key',
    scopes: read,
    run: async ({ ctx, params }) => shown(await keyOf(ctx, params.kid)),
  }),
  endpoint({
    method: 'POST',
    path: '/keys/signing/rotate',
    summary: 'Let the next RS256 key take the place of the current one',
    scopes: ['create:signing_keys', ...update],
    run: async ({ ctx }) => {
      try {
        await rotateSigningKey(ctx, 'RS256');
      } catch (error) {
        throw error instanceof RotationRefused ? new ApiError(409, error.message, 'rotation_refused') : error;
      }
      const next = (await ringOf(ctx)).find(({ status }) => status === 'next');
      return next && shown(next);
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/keys/signing/{kid}/revoke',
    summary: 'End a signing key: no token that it signed is accepted any more',
    scopes: update,
    run: async ({ ctx, params }) => {
      if ((await revokeSigningKey(ctx, params.kid)) === 'unknown') await keyOf(ctx, params.kid);
      return shown(await keyOf(ctx, params.kid));
    },
  }),
];
