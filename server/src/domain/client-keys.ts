// Owns the public keys of applications: registered one by one, as a set, or at an address of theirs.
import { fitsAlgorithm, type JweAlgorithm } from '#crypto/jwe';
import { isStrongKey, type ReadKey, readJwk, readPem } from '#crypto/key-text';
import type { Client } from '#protocol/client';
import { type Members, readObject } from '#protocol/json-text';
import { OutboundFailed } from '#protocol/outbound';
import { isSameAlgorithm } from '#protocol/signing-algorithm';
import type { Context } from './context.ts';

type Needed = Pick<Context, 'outbound' | 'now'>;

/** Whose keys they are: an application, or another issuer that publishes them in the same way. */
type KeyHolder = Pick<Client, 'credentials' | 'jwks' | 'jwks_uri'>;

/** A key of an application, with what it says of itself. */
interface PublishedKey extends ReadKey {
  readonly use: unknown;
  readonly alg: unknown;
}

/** A set may contain keys of kinds that nobody here knows; they are passed over (RFC 7517 §5), as is what isn't public, or weak. */
function readSet(entries: readonly unknown[]): PublishedKey[] {
  return entries.flatMap((entry) => {
    try {
      const jwk = entry as Members;
      const read = readJwk(jwk);
      return read.key.type === 'public' && isStrongKey(read.key) ? [{ ...read, use: jwk['use'], alg: jwk['alg'] }] : [];
    } catch {
      return [];
    }
  });
}

interface Fetched {
  readonly keys: readonly PublishedKey[];
  readonly at: number;
}

/** How long a set is used before it is fetched again, and how soon after that it may be because a key wasn't in it. */
const freshMs = 10 * 60 * 1000;
const cooldownMs = 30_000;
const mostSets = 10_000;

/** What was fetched, by address; one fetch at a time. A set that cannot be fetched again goes on being used. */
const fetched = new WeakMap<Context['outbound'], Map<string, Fetched | Promise<Fetched>>>();

async function fetchSet(ctx: Needed, uri: string, before: Fetched | undefined): Promise<Fetched> {
  const at = ctx.now();
  try {
    const { status, body } = await ctx.outbound({ url: uri, headers: { accept: 'application/json' } });
    const read = status === 200 ? readObject(body) : undefined;
    const entries = typeof read === 'object' ? read.members['keys'] : undefined;
    if (!Array.isArray(entries)) throw new OutboundFailed(`no JWK set at jwks_uri (status ${status})`);
    return { keys: readSet(entries.slice(0, 100)), at };
  } catch (error) {
    if (!(error instanceof OutboundFailed)) throw error;
    return { keys: before?.keys ?? [], at };
  }
}

async function remoteSet(ctx: Needed, uri: string, isEnough: (keys: readonly PublishedKey[]) => boolean) {
  const sets = fetched.get(ctx.outbound) ?? new Map<string, Fetched | Promise<Fetched>>();
  fetched.set(ctx.outbound, sets);
  const known = await sets.get(uri);
  const age = known ? ctx.now() - known.at : Infinity;
  if (known && (age < cooldownMs || (age < freshMs && isEnough(known.keys)))) return known.keys;
  const running = sets.get(uri);
  if (running instanceof Promise) return (await running).keys;
  if (sets.size >= mostSets) sets.clear();
  const fetching = fetchSet(ctx, uri, known);
  sets.set(uri, fetching);
  const result = await fetching;
  sets.set(uri, result);
  return result.keys;
}

function credentialKeys({ credentials = [] }: KeyHolder, now: number): PublishedKey[] {
  return credentials.flatMap(({ credential_type, pem, kid, alg, expires_at = Infinity }) => {
    if (credential_type !== 'public_key' || pem === undefined || expires_at <= now) return [];
    const read = readPem(pem);
    const algorithms = read.algorithms.filter((name) => alg === undefined || isSameAlgorithm(alg, name));
    return [{ ...read, kid, algorithms, use: 'sig', alg }];
  });
}

async function publishedKeys(
  ctx: Needed,
  client: KeyHolder,
  isEnough: (keys: readonly PublishedKey[]) => boolean,
): Promise<readonly PublishedKey[]> {
  const own = [...credentialKeys(client, ctx.now()), ...readSet(client.jwks?.keys ?? [])];
  return client.jwks_uri === undefined ? own : [...own, ...(await remoteSet(ctx, client.jwks_uri, isEnough))];
}

/**
 * The keys that an application's signatures are checked with. A set at an address is fetched again when it has no key of
 * this `kid`, at most twice a minute. Expired credentials are left out.
 */
export async function clientKeys(ctx: Needed, client: KeyHolder, kid?: string): Promise<readonly ReadKey[]> {
  const isKnown = (keys: readonly PublishedKey[]) => kid === undefined || keys.some((key) => key.kid === kid);
  return publishedKeys(ctx, client, isKnown);
}

/** The key that an answer to an application is encrypted with; undefined when it has none that fits. */
export async function encryptionKey(ctx: Needed, client: KeyHolder, alg: JweAlgorithm): Promise<ReadKey | undefined> {
  const fits = (key: PublishedKey) =>
    (key.use === undefined || key.use === 'enc') &&
    (key.alg === undefined || key.alg === alg) &&
    fitsAlgorithm(key.key, alg);
  const keys = await publishedKeys(ctx, client, (all) => all.some(fits));
  return keys.find(fits);
}
