// Owns the credentials of applications: public keys and certificates by which they prove themselves.
import { type CertificateText, describeCertificate } from '#crypto/certificate-text';
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

interface Sent {
  readonly credential_type?: ClientCredential['credential_type'];
  readonly name?: string;
  readonly kid?: string;
  readonly alg?: string;
  readonly pem?: string;
  readonly subject_dn?: string;
  readonly parse_expiry_from_cert?: boolean;
  readonly expires_at?: string | null;
}

function required(member: string): ApiError {
  return invalidBody(`Payload validation error: 'Missing required property: ${member}'.`);
}

/** What is peculiar to keys. */
function keyMembers({ pem, alg = 'RS256', kid }: Sent): Partial<ClientCredential> {
  if (pem === undefined) throw required('pem');
  const key = publicKey(pem);
  return { kid: kid ?? key.kid, alg, pem: key.pem };
}

/** What is peculiar to certificates: the one itself, or the name of its subject. */
function certificateMembers({ credential_type, pem, subject_dn }: Sent, certificate: CertificateText | undefined) {
  if (pem !== undefined && !certificate) throw invalidBody('The pem is no certificate.');
  if (credential_type === 'x509_cert' && pem === undefined) throw required('pem');
  const subject = subject_dn ?? certificate?.subject.toReversed().join(', ');
  if (subject === undefined) throw required('subject_dn');
  return { subject_dn: subject, ...(pem === undefined ? {} : { pem }) };
}

function endOf({ parse_expiry_from_cert, expires_at }: Sent, certificate: CertificateText | undefined) {
  if (parse_expiry_from_cert && certificate) return { expires_at: certificate.notAfter };
  return expires_at == null ? {} : { expires_at: Date.parse(expires_at) };
}

/** A credential from what was sent of it. Throws ApiError. */
export function makeCredential(ctx: Pick<Context, 'now'>, body: JsonObject): ClientCredential {
  const sent = body as Sent;
  const { credential_type = 'public_key', name, pem } = sent;
  const certificate = pem === undefined ? undefined : describeCertificate(pem);
  const now = ctx.now();
  return {
    id: `cred_${randomAlphanumeric(22)}`,
    credential_type,
    ...(name === undefined ? {} : { name }),
    ...(credential_type === 'public_key' ? keyMembers(sent) : certificateMembers(sent, certificate)),
    ...endOf(sent, certificate),
    created_at: now,
    updated_at: now,
  };
}

const iso = (at: number) => new Date(at).toISOString();

/** A credential without the key or the certificate itself. */
export function shownCredential({
  pem,
  alg,
  created_at = 0,
  updated_at,
  expires_at,
  ...credential
}: ClientCredential): object {
  const isKey = credential.credential_type === 'public_key';
  const thumbprint = isKey || pem === undefined ? undefined : describeCertificate(pem)?.thumbprint;
  return {
    ...credential,
    ...(isKey ? { alg } : {}),
    ...(thumbprint === undefined ? {} : { thumbprint_sha256: thumbprint }),
    created_at: iso(created_at),
    updated_at: iso(updated_at ?? created_at),
    expires_at: expires_at === undefined ? null : iso(expires_at),
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

/** A client's credentials as a whole. */
function allEndpoints(clients: Finder): readonly Endpoint[] {
  return [
    listing({
      path,
      summary: "List a client's credentials",
      scopes: ['read:client_credentials'],
      key: 'credentials',
      ways: 'none',
      totals: 'never',
      page: async ({ ctx, params }) => ({
        items: ((await findOne(clients, ctx, params.client_id)).body.credentials ?? []).map(shownCredential),
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
        return shownCredential(credential);
      },
    }),
  ];
}

/** One credential of a client. */
function oneEndpoints(clients: Finder): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: onePath,
      summary: 'Read a credential of a client',
      scopes: ['read:client_credentials'],
      run: async ({ ctx, params }) =>
        shownCredential(await findCredential(clients, ctx, params.client_id, params.credential_id)),
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
        return shownCredential(
          changed.body.credentials?.find(({ id }) => id === params.credential_id) as ClientCredential,
        );
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

export function clientCredentials(clients: Finder): readonly Endpoint[] {
  return [...allEndpoints(clients), ...oneEndpoints(clients)];
}
