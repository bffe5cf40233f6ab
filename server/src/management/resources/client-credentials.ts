// Owns the credentials of applications: public keys and certificates by which they prove themselves.
import { X509Certificate } from 'node:crypto';
import { jwkThumbprint } from '#crypto/jwk-thumbprint';
import { isStrongKey, readPem } from '#crypto/key-text';
import { randomAlphanumeric } from '#crypto/random';
import type { Context } from '#domain/context';
import { ApiError, invalidBody } from '#protocol/api-error';
import type { Client, ClientCredential } from '#protocol/client';
import type { JsonObject } from '#protocol/merge-patch';
import { type Collection, changeOne, findOne } from '../collection.ts';
import { type Endpoint, endpoint, listing } from '../resource.ts';
import { flag, nullable, object, oneOf, optional, text } from '../schema.ts';

const expiry = optional(nullable(text({ format: 'date-time', description: 'When it ends' })));

const create = object({
  credential_type: oneOf(['public_key', 'cert_subject_dn', 'x509_cert'], { description: 'What it is' }),
  name: optional(text({ maxLength: 128, description: 'What people read' })),
  subject_dn: optional(text({ minLength: 1, maxLength: 256, description: "A certificate's subject" })),
  pem: optional(text({ minLength: 1, maxLength: 16_384, description: 'The key or the certificate' })),
  alg: optional(oneOf(['RS256', 'RS384', 'PS256', 'ES256', 'EdDSA'], { description: 'What it signs with' })),
  parse_expiry_from_cert: optional(flag({ description: 'Whether it ends when its certificate does' })),
  expires_at: expiry,
  kid: optional(text({ pattern: '^[0-9a-zA-Z\\-_]{10,64}$', description: "The key's id" })),
});

function certificateOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

interface KeyParts {
  readonly kid: string;
  readonly pem: string;
}

/** A public key, or that of a certificate, as PEM. Throws ApiError for one that is none, or weak. */
function publicKey(pem: string): KeyParts {
  try {
    const { key } = readPem(pem);
    if (key.type === 'public' && isStrongKey(key)) {
      return { kid: jwkThumbprint(key), pem: key.export({ format: 'pem', type: 'spki' }) as string };
    }
  } catch {
    // Refused below.
  }
  throw invalidBody('The pem is no public key, or a weak one: RSA has 2048 bits at least.');
}

/** A credential from what was sent of it. Throws ApiError. */
export function makeCredential(ctx: Pick<Context, 'now'>, sent: JsonObject): ClientCredential {
  const {
    credential_type: type = 'public_key',
    pem,
    subject_dn,
    parse_expiry_from_cert,
    expires_at,
    ...rest
  } = sent as {
    credential_type?: ClientCredential['credential_type'];
    pem?: string;
    subject_dn?: string;
    parse_expiry_from_cert?: boolean;
    expires_at?: string;
    alg?: string;
  };
  const certificate = pem === undefined ? undefined : certificateOf(pem);
  const now = ctx.now();
  const end = parse_expiry_from_cert && certificate ? certificate.validTo : expires_at;
  const credential = {
    id: `cred_${randomAlphanumeric(22)}`,
    credential_type: type,
    ...rest,
    created_at: now,
    updated_at: now,
    ...(end == null ? {} : { expires_at: Date.parse(end) }),
  };
  if (type === 'public_key') {
    if (pem === undefined) throw invalidBody("Payload validation error: 'Missing required property: pem'.");
    return { alg: 'RS256', ...publicKey(pem), ...credential, pem: publicKey(pem).pem };
  }
  if (pem !== undefined && !certificate) throw invalidBody('The pem is no certificate.');
  if (type === 'x509_cert' && pem === undefined)
    throw invalidBody("Payload validation error: 'Missing required property: pem'.");
  if (type === 'cert_subject_dn' && pem === undefined && subject_dn === undefined) {
    throw invalidBody("Payload validation error: 'Missing required property: subject_dn'.");
  }
  const subject = subject_dn ?? certificate?.subject.split('\n').reverse().join(', ');
  return {
    ...credential,
    ...(pem === undefined ? {} : { pem }),
    ...(subject === undefined ? {} : { subject_dn: subject }),
  };
}

const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());

function shown({ pem, alg, created_at, updated_at, expires_at, ...credential }: ClientCredential): object {
  const certificate = pem === undefined ? undefined : certificateOf(pem);
  const isKey = credential.credential_type === 'public_key';
  return {
    ...credential,
    ...(isKey ? { alg } : {}),
    ...(certificate && !isKey
      ? { thumbprint_sha256: Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url') }
      : {}),
    created_at: iso(created_at ?? 0),
    updated_at: iso(updated_at ?? created_at ?? 0),
    ...(expires_at === undefined ? {} : { expires_at: iso(expires_at) }),
  };
}

const missing = () => new ApiError(404, 'The credential does not exist', 'inexistent_credential');
const path = '/clients/{client_id}/credentials';
const onePath = '/clients/{client_id}/credentials/{credential_id}';

type Finder = Collection<Client>;

async function findCredential(clients: Finder, ctx: Context, clientId: string, id: string): Promise<ClientCredential> {
  const { credentials = [] } = (await findOne(clients, ctx, clientId)).body;
  const found = credentials.find((credential) => credential.id === id);
  if (!found) throw missing();
  return found;
}

/** Whether something still names a credential. */
function isNamed({ client_authentication_methods: methods = {}, signed_request_object }: Client, id: string): boolean {
  const holders = [...Object.values(methods), signed_request_object];
  return holders.some((holder) => holder?.credentials?.some((credential) => credential.id === id));
}

export function clientCredentials(clients: Finder): readonly Endpoint[] {
  return [
    listing({
      path,
      summary: "List a client's credentials",
      scopes: ['read:client_credentials'],
      key: 'credentials',
      ways: 'none',
      totals: 'never',
      page: async ({ ctx, params }) => ({
        items: ((await findOne(clients, ctx, params.client_id)).body.credentials ?? []).map(shown),
      }),
    }),
    endpoint({
      method: 'POST',
      path,
      summary: 'Give a client a credential',
      scopes: ['create:client_credentials'],
      body: create,
      run: async (call) => {
        const credential = makeCredential(call.ctx, call.body as JsonObject);
        await changeOne(clients, call, call.params.client_id, (client) => ({
          ...client,
          credentials: [...(client.credentials ?? []), credential],
        }));
        return shown(credential);
      },
    }),
    endpoint({
      method: 'GET',
      path: onePath,
      summary: 'Read a credential of a client',
      scopes: ['read:client_credentials'],
      run: async ({ ctx, params }) => shown(await findCredential(clients, ctx, params.client_id, params.credential_id)),
    }),
    endpoint({
      method: 'PATCH',
      path: onePath,
      summary: 'Change when a credential of a client ends',
      scopes: ['update:client_credentials'],
      body: object({ expires_at: expiry }),
      run: async (call) => {
        const { ctx, params, body } = call;
        await findCredential(clients, ctx, params.client_id, params.credential_id);
        const changed = await changeOne(clients, call, params.client_id, (client) => ({
          ...client,
          credentials: (client.credentials ?? []).map(({ expires_at, ...credential }) => {
            if (credential.id !== params.credential_id)
              return { ...credential, ...(expires_at === undefined ? {} : { expires_at }) };
            const end = body.expires_at == null ? {} : { expires_at: Date.parse(body.expires_at) };
            return { ...credential, updated_at: ctx.now(), ...end };
          }),
        }));
        return shown(changed.body.credentials?.find(({ id }) => id === params.credential_id) as ClientCredential);
      },
    }),
    endpoint({
      method: 'DELETE',
      path: onePath,
      summary: 'Take a credential from a client',
      scopes: ['delete:client_credentials'],
      run: async (call) => {
        const { ctx, params } = call;
        const { body } = await findOne(clients, ctx, params.client_id);
        if (isNamed(body, params.credential_id)) {
          throw new ApiError(
            409,
            'The credential is in use: the client proves itself by it, or signs requests with it.',
          );
        }
        await changeOne(clients, call, params.client_id, (client) => ({
          ...client,
          credentials: (client.credentials ?? []).filter(({ id }) => id !== params.credential_id),
        }));
      },
    }),
  ];
}
