// Owns APIs: what access tokens are for, and how they want them.
import { readPem } from '#crypto/key-text';
import { randomHex, randomSecret } from '#crypto/random';
import type { AuthorizeRequest } from '#protocol/authorize-request';
import type { ResourceServer } from '#protocol/resource-server';
import { resourceServerFault } from '#protocol/resource-server-rules';
import { documentKind } from '#storage/documents';
import type { Context } from './context.ts';
import { InvalidSetting, Taken } from './refusals.ts';
import { publishKeys } from './signing-keys.ts';

const kind = documentKind<ResourceServer>('resource-servers', (api) => api.identifier);

/** `signing_secret` is in the clear here, and sealed from then on. */
export type NewResourceServer = Pick<ResourceServer, 'name' | 'identifier'> & Partial<ResourceServer>;

type Needed = Pick<Context, 'documents' | 'vault' | 'keys' | 'issuer'>;

/** RFC 7518 §3.2: as long as the hash. Auth0 is content with half of it, which can be guessed sooner than a key. */
const shortestSecretBytes = 32;

/** The sealed secret of an API with HS256: the given one, else a new one. Throws RangeError for one that is short. */
function sealedSecret(ctx: Pick<Context, 'vault'>, given = randomSecret()): string {
  if (Buffer.byteLength(given) < shortestSecretBytes) {
    throw new InvalidSetting(`signing_secret is at least ${shortestSecretBytes} bytes, or left out: then one is made.`);
  }
  return ctx.vault.seal('api-secret', given);
}

/** Throws RangeError for a text that is no public RSA key. */
function checkEncryptionKey({ token_encryption }: ResourceServer): void {
  if (!token_encryption) return;
  const sentence = 'token_encryption.encryption_key.pem is a public RSA key of 2048 bits or more, as PEM.';
  let key: ReturnType<typeof readPem>['key'];
  try {
    ({ key } = readPem(token_encryption.encryption_key.pem));
  } catch {
    throw new InvalidSetting(sentence);
  }
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.type !== 'public' || key.asymmetricKeyType !== 'rsa' || modulusLength < 2048)
    throw new InvalidSetting(sentence);
}

function check(ctx: Needed, api: ResourceServer): void {
  const fault = resourceServerFault(api, ctx.issuer);
  if (fault !== undefined) throw new InvalidSetting(fault);
  checkEncryptionKey(api);
}

/** Makes an API. Throws RangeError for settings that make no sense, and Taken. */
export async function createResourceServer(ctx: Needed, fresh: NewResourceServer): Promise<ResourceServer> {
  const { signing_secret: given, ...settings } = fresh;
  const unsealed: ResourceServer = {
    id: randomHex(12),
    scopes: [],
    signing_alg: 'RS256',
    token_lifetime: 86_400,
    token_lifetime_for_web: Math.min(7200, fresh.token_lifetime ?? 7200),
    allow_offline_access: false,
    skip_consent_for_verifiable_first_party_clients: false,
    ...settings,
  };
  check(ctx, unsealed);
  const secret = unsealed.signing_alg === 'HS256' ? { signing_secret: sealedSecret(ctx, given) } : {};
  const api = { ...unsealed, ...secret };
  await publishKeys(ctx, [api.signing_alg]);
  const created = await ctx.documents.create(kind, api.id, api);
  if (created === 'taken') throw new Taken(`An API with the identifier ${api.identifier} exists already.`);
  return created.body;
}

export async function findResourceServer(
  ctx: Pick<Context, 'documents'>,
  identifier: string,
): Promise<ResourceServer | undefined> {
  return (await ctx.documents.getByName(kind, identifier))?.body;
}

const detailTypes = new WeakMap<readonly unknown[], readonly string[]>();

/** The types of authorization details that the APIs have defined; the same list until an API changes. */
export async function listDetailTypes(ctx: Pick<Context, 'documents'>): Promise<readonly string[]> {
  const documents = await ctx.documents.list(kind);
  const known = detailTypes.get(documents);
  if (known) return known;
  const types = new Set(documents.flatMap(({ body }) => body.authorization_details?.map(({ type }) => type) ?? []));
  const list = [...types].sort();
  detailTypes.set(documents, list);
  return list;
}

/** The APIs that a request names, as far as they exist; the one that tokens are for by default goes first. */
export async function findNamedApis(
  ctx: Pick<Context, 'documents'>,
  { audience, resources = audience === undefined ? [] : [audience] }: Pick<AuthorizeRequest, 'audience' | 'resources'>,
): Promise<readonly ResourceServer[]> {
  const found = await Promise.all(resources.map((identifier) => findResourceServer(ctx, identifier)));
  return found.filter((api) => api !== undefined);
}

/** Its identifier is in tokens and grants, so it never changes. */
export type ResourceServerChange = Partial<Omit<ResourceServer, 'id' | 'identifier' | 'is_system'>>;

/** Changes an API's settings; undefined when there is none. Throws RangeError for settings that make no sense. */
export async function changeResourceServer(
  ctx: Needed,
  identifier: string,
  { signing_secret: given, ...change }: ResourceServerChange,
): Promise<ResourceServer | undefined> {
  const known = await findResourceServer(ctx, identifier);
  if (!known) return undefined;
  const asked = { ...known, ...change };
  check(ctx, asked);
  await publishKeys(ctx, [asked.signing_alg]);
  const changed = await ctx.documents.update(kind, known.id, (api) => {
    const next = { ...api, ...change };
    check(ctx, next);
    if (next.signing_alg !== 'HS256') return next;
    // The secret that it has stays, unless there is none yet or another is given.
    const kept = given === undefined ? api.signing_secret : undefined;
    return { ...next, signing_secret: kept ?? sealedSecret(ctx, given) };
  });
  return changed === undefined || changed === 'taken' ? undefined : changed.body;
}
