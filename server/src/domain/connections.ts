// Owns connections: the sources of people, and which applications may use which.
import { randomAlphanumeric } from '#crypto/random';
import type { Client } from '#protocol/client';
import { documentKind } from '#storage/documents';
import { ownClientId } from './clients.ts';
import type { Context } from './context.ts';
import type { PasswordPolicy } from './password-policy.ts';
import { Taken } from './refusals.ts';

export interface Connection {
  readonly id: string;
  readonly name: string;
  readonly strategy: 'auth0';
  /** Open to every application, third-party ones too. */
  readonly is_domain_connection: boolean;
  /** The ids of the applications that may use it. */
  readonly enabled_clients: readonly string[];
  readonly options: { readonly passwordPolicy: PasswordPolicy; readonly disable_signup: boolean };
}

const kind = documentKind<Connection>('connections', (connection) => connection.name);

export type NewConnection = Pick<Connection, 'name'> & Partial<Connection>;

/** Makes a database connection. Throws Taken. */
export async function createConnection(ctx: Pick<Context, 'documents'>, fresh: NewConnection): Promise<Connection> {
  const connection: Connection = {
    id: `con_${randomAlphanumeric(16)}`,
    strategy: 'auth0',
    is_domain_connection: false,
    enabled_clients: [],
    options: { passwordPolicy: 'good', disable_signup: false },
    ...fresh,
  };
  const created = await ctx.documents.create(kind, connection.id, connection);
  if (created === 'taken') throw new Taken(`A connection named ${connection.name} exists already.`);
  return created.body;
}

export async function findConnection(ctx: Pick<Context, 'documents'>, name: string): Promise<Connection | undefined> {
  return (await ctx.documents.getByName(kind, name))?.body;
}

export async function findConnectionById(ctx: Pick<Context, 'documents'>, id: string): Promise<Connection | undefined> {
  return (await ctx.documents.get(kind, id))?.body;
}

/** The connections by which people may sign in to an application; to the server's own pages by every one. */
export async function connectionsOf(
  ctx: Pick<Context, 'documents'>,
  { client_id }: Pick<Client, 'client_id'>,
): Promise<Connection[]> {
  const all = await ctx.documents.list(kind);
  return all
    .map((document) => document.body)
    .filter(
      ({ is_domain_connection, enabled_clients }) =>
        is_domain_connection || client_id === ownClientId || enabled_clients.includes(client_id),
    );
}
