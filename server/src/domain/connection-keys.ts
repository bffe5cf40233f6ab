// Owns the keys by which this server proves itself at the identity provider of a connection: one in use, one to come, one gone by.
import { type AssertionAlgorithm, assertionAlgorithms, generateAssertionKey } from '#crypto/assertion-key';
import type { AnyConnection } from './connections.ts';
import type { Context } from './context.ts';
import { records } from './records.ts';
import { InvalidSetting, Taken } from './refusals.ts';

export interface ConnectionKey {
  readonly kid: string;
  readonly alg: AssertionAlgorithm;
  readonly status: 'current' | 'previous' | 'next';
  /** PEM. */
  readonly certificate: string;
  readonly sealed_private_key: string;
  /** Epoch milliseconds; of the current one. */
  readonly current_since?: number;
}

/** Those of one connection, whose id they have. */
interface ConnectionKeys {
  readonly keys: readonly ConnectionKey[];
}

export const connectionKeys = records<ConnectionKeys>('connection-keys');

type Needed = Pick<Context, 'documents' | 'vault' | 'now'>;

/** Whether a connection's provider can know this server by a key. */
function canHaveKeys({ strategy }: AnyConnection): boolean {
  return strategy === 'oidc' || strategy === 'okta';
}

function usesKeys({ options }: AnyConnection): boolean {
  return options['token_endpoint_auth_method'] === 'private_key_jwt';
}

function algorithmOf({ options }: AnyConnection): AssertionAlgorithm {
  const asked = options['token_endpoint_auth_signing_alg'];
  return assertionAlgorithms.find((alg) => alg === asked) ?? 'RS256';
}

async function newKey(
  { vault, now }: Needed,
  { name }: AnyConnection,
  alg: AssertionAlgorithm,
  status: ConnectionKey['status'],
): Promise<ConnectionKey> {
  const { kid, certificate, privateKeyPem } = await generateAssertionKey(alg, { commonName: name, now: now() });
  return {
    kid,
    alg,
    status,
    certificate,
    sealed_private_key: vault.seal('connection-key', privateKeyPem),
    ...(status === 'current' ? { current_since: now() } : {}),
  };
}

async function makeKeys(
  ctx: Needed,
  connection: AnyConnection,
  alg: AssertionAlgorithm,
): Promise<readonly ConnectionKey[] | 'taken'> {
  const keys = await Promise.all([newKey(ctx, connection, alg, 'current'), newKey(ctx, connection, alg, 'next')]);
  const created = await connectionKeys.create(ctx, connection.id, { keys });
  return created === 'taken' ? 'taken' : created.body.keys;
}

/**
 * The keys of a connection, the current one first. Those of one that uses keys are made when they are first asked for.
 * Throws InvalidSetting for one that has none.
 */
export async function keysOf(ctx: Needed, connection: AnyConnection): Promise<readonly ConnectionKey[]> {
  const found = await connectionKeys.find(ctx, connection.id);
  if (found) return found.body.keys;
  if (!canHaveKeys(connection) || !usesKeys(connection)) {
    throw new InvalidSetting('keys are not available for this connection');
  }
  const made = await makeKeys(ctx, connection, algorithmOf(connection));
  return made === 'taken' ? keysOf(ctx, connection) : made;
}

/** Makes the keys of a connection before it uses them. Throws InvalidSetting, and Taken when they are there. */
export async function createKeys(
  ctx: Needed,
  connection: AnyConnection,
  alg = algorithmOf(connection),
): Promise<readonly ConnectionKey[]> {
  if (!canHaveKeys(connection)) throw new InvalidSetting('keys are not available for this connection');
  const made = usesKeys(connection) ? 'taken' : await makeKeys(ctx, connection, alg);
  if (made === 'taken') throw new Taken('Keys have already been created for this connection.');
  return made;
}

/**
 * The next key takes the place of the current one, and another one is made to come after it, which is returned. The one
 * before the current one is forgotten. Throws InvalidSetting for a connection without keys.
 */
export async function rotateKeys(
  ctx: Needed,
  connection: AnyConnection,
  asked?: AssertionAlgorithm,
): Promise<ConnectionKey> {
  if (!canHaveKeys(connection)) throw new InvalidSetting('Key rotation is not supported on this connection');
  if (!usesKeys(connection) && !(await connectionKeys.find(ctx, connection.id))) {
    throw new InvalidSetting('Connection is not configured to use JWT Client Authentication');
  }
  await keysOf(ctx, connection);
  const fresh = await newKey(ctx, connection, asked ?? algorithmOf(connection), 'next');
  const now = ctx.now();
  await connectionKeys.change(ctx, connection.id, ({ keys }) => {
    const next = keys.find(({ status }) => status === 'next');
    const current = keys.find(({ status }) => status === 'current');
    if (!next || !current) throw new Error(`The keys of the connection ${connection.id} are damaged.`);
    const { current_since: _since, ...past } = current;
    return { keys: [{ ...next, status: 'current', current_since: now }, { ...past, status: 'previous' }, fresh] };
  });
  return fresh;
}
