// Owns /api/v2/keys/custom-signing: public keys of others, by which assertions are to be verified.
import { isStrongKey, readJwk } from '#crypto/key-text';
import { singleton } from '#domain/records';
import { ApiError, invalidBody } from '#protocol/api-error';
import { type Endpoint, endpoint } from '../resource.ts';
import { list, object, oneOf, optional, text } from '../schema.ts';

const path = '/keys/custom-signing';

const member = (description: string) => optional(text({ minLength: 1, maxLength: 4096, description }));

/** RFC 7517, of public keys alone: private members are refused like any that nobody knows. */
const jwk = object({
  kty: oneOf(['EC', 'RSA'], { description: 'Key type' }),
  kid: member('Key ID'),
  use: optional(oneOf(['sig'], { description: 'What it is for' })),
  key_ops: optional(list(oneOf(['verify']), { minItems: 1, description: 'What it is for, more precisely' })),
  alg: optional(
    oneOf(['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'], {
      description: 'Algorithm',
    }),
  ),
  n: member('Modulus of an RSA key'),
  e: member('Exponent of an RSA key'),
  crv: optional(oneOf(['P-256', 'P-384', 'P-521'], { description: 'Curve of an EC key' })),
  x: member('First coordinate of an EC key'),
  y: member('Second coordinate of an EC key'),
  x5u: member('Where its certificates are'),
  x5c: optional(list(text({ maxLength: 20_000 }), { minItems: 1, description: 'Its certificates' })),
  x5t: member('SHA-1 thumbprint of its certificate'),
  'x5t#S256': member('SHA-256 thumbprint of its certificate'),
});

interface CustomSigningKeys {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

const store = singleton<CustomSigningKeys>('custom-signing-keys', { keys: [] });

/** Throws 400 for what is no key, or one that can be guessed. */
function check({ keys }: CustomSigningKeys): void {
  for (const [at, key] of keys.entries()) {
    const property = `on property keys[${at}]`;
    let isStrong: boolean;
    try {
      isStrong = isStrongKey(readJwk(key).key);
    } catch {
      throw invalidBody(`Payload validation error: 'Not a public key as a JWK' ${property}.`);
    }
    if (!isStrong) throw invalidBody(`Payload validation error: 'RSA keys have 2048 bits or more' ${property}.`);
  }
}

export const keysCustomSigning: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path,
    summary: 'Read the custom signing keys',
    scopes: ['read:custom_signing_keys'],
    run: async ({ ctx }) => {
      const found = await store.find(ctx);
      if (!found)
        throw new ApiError(404, 'No custom signing keys found for this tenant.', 'inexistent_custom_signing_keys');
      return found;
    },
  }),
  endpoint({
    method: 'PUT',
    path,
    summary: 'Set the custom signing keys',
    scopes: ['create:custom_signing_keys', 'update:custom_signing_keys'],
    everyScope: true,
    body: object({ keys: list(jwk, { minItems: 1, maxItems: 100, description: 'All of them, as JWKs' }) }),
    run: async ({ ctx, body, change }) => {
      check(body);
      change.before = await store.find(ctx);
      change.after = await store.change(ctx, () => body);
      return change.after;
    },
  }),
  endpoint({
    method: 'DELETE',
    path,
    summary: 'Delete the custom signing keys',
    scopes: ['delete:custom_signing_keys'],
    run: async ({ ctx, change }) => {
      change.before = await store.find(ctx);
      await store.clear(ctx);
    },
  }),
];
