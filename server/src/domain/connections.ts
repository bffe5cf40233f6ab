// Owns connections: the sources of people, and which applications may use which.
import { randomAlphanumeric } from '#crypto/random';
import type { Client } from '#protocol/client';
import { ownClientId } from './clients.ts';
import type { Context } from './context.ts';
import { type PasswordPolicy, passwordRules } from './password-policy.ts';
import { records } from './records.ts';
import { Taken } from './refusals.ts';

/** A connection of any strategy, in Auth0's spelling; secrets in its options are sealed. */
export interface AnyConnection {
  readonly id: string;
  readonly name: string;
  /** Auth0's name of the kind of source: `auth0` is a database. */
  readonly strategy: string;
  /** Open to every application, third-party ones too. */
  readonly is_domain_connection: boolean;
  /** The ids of the applications that may use it. */
  readonly enabled_clients: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly realms?: readonly string[];
}

interface DatabaseOptions {
  readonly passwordPolicy?: PasswordPolicy;
  readonly disable_signup?: boolean;
}

/** A connection whose people are in our own database. */
export interface Connection extends AnyConnection {
  readonly strategy: 'auth0';
  readonly options: Readonly<Record<string, unknown>> & DatabaseOptions;
}

export const connectionRecords = records<AnyConnection>('connections', (connection) => connection.name);

/** What passwords there must be like; whatever stands there that is no policy is none. */
export function passwordPolicyOf({ options }: Connection): PasswordPolicy {
  const { passwordPolicy = 'good' } = options;
  return Object.hasOwn(passwordRules, passwordPolicy) ? passwordPolicy : 'good';
}

export type NewConnection = Pick<Connection, 'name'> & Partial<Connection>;

/** Makes a database connection. Throws Taken. */
export async function createConnection(ctx: Pick<Context, 'documents'>, fresh: NewConnection): Promise<Connection> {
  const connection: Connection = {
    id: `con_${randomAlphanumeric(16)}`,
    strategy: 'auth0',
    is_domain_connection: false,
    enabled_clients: [],
    options: { passwordPolicy: 'good', disable_signup: false },
    realms: [fresh.name],
    ...fresh,
  };
  const created = await connectionRecords.create(ctx, connection.id, connection);
  if (created === 'taken') throw new Taken(`A connection named ${connection.name} exists already.`);
  return connection;
}

export async function findConnection(
  ctx: Pick<Context, 'documents'>,
  name: string,
): Promise<AnyConnection | undefined> {
  return (await connectionRecords.findByName(ctx, name))?.body;
}

function isDatabase(connection: AnyConnection): connection is Connection {
  return connection.strategy === 'auth0';
}

export async function findConnectionById(
  ctx: Pick<Context, 'documents'>,
  id: string,
): Promise<AnyConnection | undefined> {
  return (await connectionRecords.find(ctx, id))?.body;
}

/** The database of a name. */
export async function findDatabase(ctx: Pick<Context, 'documents'>, name: string): Promise<Connection | undefined> {
  const found = await findConnection(ctx, name);
  return found && isDatabase(found) ? found : undefined;
}

/** The databases by which people may sign in to an application; to the server's own pages by every one. */
export async function connectionsOf(
  ctx: Pick<Context, 'documents'>,
  { client_id }: Pick<Client, 'client_id'>,
): Promise<Connection[]> {
  const all = (await connectionRecords.list(ctx)).map(({ body }) => body).filter(isDatabase);
  return all.filter(
    ({ is_domain_connection, enabled_clients }) =>
      is_domain_connection || client_id === ownClientId || enabled_clients.includes(client_id),
  );
}

/** Lets applications use a connection, or lets them no more. */
export async function enableClients(
  ctx: Pick<Context, 'documents'>,
  connectionId: string,
  changes: readonly { readonly client_id: string; readonly status: boolean }[],
): Promise<void> {
  await connectionRecords.change(ctx, connectionId, (connection) => {
    const off = new Set(changes.filter(({ status }) => !status).map(({ client_id }) => client_id));
    const on = changes.filter(({ status }) => status).map(({ client_id }) => client_id);
    const kept = connection.enabled_clients.filter((id) => !off.has(id));
    return { ...connection, enabled_clients: [...new Set([...kept, ...on])] };
  });
}
