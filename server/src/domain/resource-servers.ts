// Owns APIs: what access tokens are for, and how they want them.
import { readPem } from '#crypto/key-text';
import { randomHex, randomSecret } from '#crypto/random';
import type { AuthorizeRequest } from '#protocol/authorize-request';
import type { ResourceServer } from '#protocol/resource-server';
import { resourceServerFault } from '#protocol/resource-server-rules';
import { documentKind } from '#storage/documents';
import type { Context } from './context.ts';
import type { Records } from './records.ts';
import { InvalidSetting, Taken } from './refusals.ts';
import { publishKeys } from './signing-keys.ts';
import { rememberLifetime } from './token-lifetimes.ts';

const kind = documentKind<ResourceServer>('resource-servers', (api) => api.identifier);

/** `signing_secret` is in the clear here, and sealed from then on. */
export type NewResourceServer = Pick<ResourceServer, 'name' | 'identifier'> & Partial<ResourceServer>;

type Needed = Pick<Context, 'documents' | 'vault' | 'keys' | 'issuer' | 'now'>;

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

function withDefaults({ signing_secret, ...settings }: NewResourceServer): ResourceServer {
  return {
    id: randomHex(12),
    scopes: [],
    signing_alg: 'RS256',
    token_lifetime: 86_400,
    token_lifetime_for_web: Math.min(7200, settings.token_lifetime ?? 7200),
    allow_offline_access: false,
    skip_consent_for_verifiable_first_party_clients: false,
    ...settings,
  };
}

/** With a sealed secret if the API's algorithm needs one, and without otherwise. `before` is sealed, `given` in the clear. */
function withSecret(
  ctx: Pick<Context, 'vault'>,
  { signing_secret: _, ...api }: ResourceServer,
  { before, given }: { readonly before?: string | undefined; readonly given?: string | undefined },
): ResourceServer {
  if (api.signing_alg !== 'HS256') return api;
  const kept = given === undefined ? before : undefined;
  return { ...api, signing_secret: kept ?? sealedSecret(ctx, given) };
}

/**
 * APIs as records, with their rules. What is written has its `signing_secret` in the clear where it is a new one. Throws
 * InvalidSetting for settings that make no sense.
 */
export const apiRecords: Records<ResourceServer, Needed> = {
  list: ({ documents }) => documents.list(kind),
  find: ({ documents }, id) => documents.get(kind, id),
  findByName: ({ documents }, identifier) => documents.getByName(kind, identifier),
  create: async (ctx, id, fresh) => {
    check(ctx, fresh);
    const api = withSecret(ctx, fresh, { given: fresh.signing_secret });
    await publishKeys(ctx, [api.signing_alg]);
    return ctx.documents.create(kind, id, api);
  },
  change: async (ctx, id, rewrite) => {
    const known = await ctx.documents.get(kind, id);
    if (!known) return undefined;
    const asked = rewrite(known.body);
    check(ctx, asked);
    await publishKeys(ctx, [asked.signing_alg]);
    const { token_lifetime: lifetime } = known.body;
    if (asked.token_lifetime < lifetime) await rememberLifetime(ctx, lifetime);
    return ctx.documents.update(kind, id, (before) => {
      const after = rewrite(before);
      check(ctx, after);
      const given = after.signing_secret === before.signing_secret ? undefined : after.signing_secret;
      return withSecret(ctx, after, { before: before.signing_secret, given });
    });
  },
  remove: ({ documents }, id) => documents.remove(kind, id),
};

/** An API's secret in the clear, for who may be told it; undefined where it has none. */
export function signingSecret(ctx: Pick<Context, 'vault'>, { signing_secret }: ResourceServer): string | undefined {
  return signing_secret === undefined ? undefined : ctx.vault.unseal('api-secret', signing_secret);
}

/** Makes an API. Throws InvalidSetting for settings that make no sense, and Taken. */
export async function createResourceServer(ctx: Needed, fresh: NewResourceServer): Promise<ResourceServer> {
  const api = withDefaults(fresh);
  const secret = fresh.signing_secret === undefined ? {} : { signing_secret: fresh.signing_secret };
  const created = await apiRecords.create(ctx, api.id, { ...api, ...secret });
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

/** Changes an API's settings; undefined when there is none. Throws InvalidSetting for settings that make no sense. */
export async function changeResourceServer(
  ctx: Needed,
  identifier: string,
  change: ResourceServerChange,
): Promise<ResourceServer | undefined> {
  const known = await findResourceServer(ctx, identifier);
  if (!known) return undefined;
  const changed = await apiRecords.change(ctx, known.id, (api) => ({ ...api, ...change }));
  return changed === undefined || changed === 'taken' ? undefined : changed.body;
}
