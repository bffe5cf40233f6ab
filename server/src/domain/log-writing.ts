// Owns the writing of events: what each is completed with, and what it counts for in the statistics.
import { isJsonObject } from '#protocol/merge-patch';
import { redactText } from '#protocol/redaction';
import * as logs from '#storage/tables/logs';
import * as statistics from '#storage/tables/statistics';
import * as users from '#storage/tables/users';
import { findClient } from './clients.ts';
import { findConnection } from './connections.ts';
import type { Context } from './context.ts';
import type { EventType, LogEvent } from './event-types.ts';

export interface DatedEvent {
  readonly event: LogEvent;
  readonly date: number;
}

type Needed = Pick<Context, 'database' | 'documents' | 'issuer'>;
type Counter = 'logins' | 'signups' | 'leaked_passwords';

/** What an event counts for, beside making its person an active one. */
const counted: { readonly [type in EventType]?: Counter | 'activity' } = {
  s: 'logins',
  sepft: 'logins',
  ss: 'signups',
  ssa: 'activity',
};

/** Events about operations on the server itself, not about a sign-in at its host. */
const operations: readonly EventType[] = ['sapi', 'fapi', 'mgmt_api_read', 'log_events_lost', 'key_rotation'];

const enterpriseStrategies = [
  ...['ad', 'adfs', 'auth0-adldap', 'google-apps', 'ip', 'office365', 'oidc', 'okta', 'pingfederate', 'samlp'],
  ...['sharepoint', 'waad'],
];

function strategyType(strategy: string): string {
  if (strategy === 'auth0') return 'database';
  if (strategy === 'email' || strategy === 'sms') return 'passwordless';
  return enterpriseStrategies.includes(strategy) ? 'enterprise' : 'social';
}

const dayMs = 24 * 60 * 60 * 1000;
const mostText = 2000;
const mostUserAgent = 512;

export function dayOf(date: number): number {
  return Math.floor(date / dayMs);
}

/** As the databases take it: without U+0000, and not too long. */
function stored(text: string | undefined, most = mostText): string | null {
  if (text === undefined) return null;
  return (text.length > most ? text.slice(0, most) : text).replaceAll('\0', '');
}

/** Auth0's SDKs tell their name and version in base64 of JSON. */
function sdkIn(header: string | undefined): string | null {
  if (header === undefined || header.length > mostText) return null;
  try {
    const sdk: unknown = JSON.parse(Buffer.from(header, 'base64').toString());
    return isJsonObject(sdk) ? JSON.stringify(sdk) : null;
  } catch {
    return null;
  }
}

async function namesOf(ctx: Needed, events: readonly DatedEvent[]): Promise<ReadonlyMap<string, string>> {
  const unnamed = events.flatMap(({ event }) =>
    event.user_id === undefined || event.user_name !== undefined ? [] : [event.user_id],
  );
  if (unnamed.length === 0) return new Map();
  const rows = await users.findNames(ctx.database.queries, [...new Set(unnamed)]);
  return new Map(
    rows.map((row) => [row.user_id, row.email ?? row.username ?? row.phone_number ?? row.name ?? row.user_id]),
  );
}

async function rowOf(
  ctx: Needed,
  { event, date }: DatedEvent,
  names: ReadonlyMap<string, string>,
): Promise<Omit<logs.LogRow, 'seq'>> {
  const client = event.client_id === undefined ? undefined : await findClient(ctx, event.client_id);
  const connection = event.connection === undefined ? undefined : await findConnection(ctx, event.connection);
  const userName = event.user_name ?? names.get(event.user_id ?? '');
  return {
    date,
    type: event.type,
    client_id: stored(event.client_id),
    client_name: stored(client?.name),
    user_id: stored(event.user_id),
    user_name: stored(userName),
    ip: stored(event.ip),
    user_agent: stored(event.user_agent, mostUserAgent),
    hostname: operations.includes(event.type) ? null : new URL(ctx.issuer).host,
    description: stored(event.description === undefined ? undefined : redactText(event.description)),
    connection: stored(event.connection),
    connection_id: connection?.id ?? null,
    strategy: connection?.strategy ?? null,
    strategy_type: connection ? strategyType(connection.strategy) : null,
    organization_id: stored(event.organization_id),
    audience: stored(event.audience),
    scope: stored(event.scope),
    details: event.details === undefined ? null : JSON.stringify(event.details),
    auth0_client: sdkIn(event.auth0_client),
  };
}

/** What events add to the statistics, by day. */
function countsOf(events: readonly DatedEvent[]) {
  const days = new Map<number, statistics.DailyStatsRow>();
  const active = new Map<string, statistics.ActiveUserRow>();
  for (const { event, date } of events) {
    const counter = counted[event.type];
    if (counter === undefined) continue;
    const day = dayOf(date);
    if (event.user_id !== undefined) active.set(event.user_id, { user_id: event.user_id, day });
    if (counter === 'activity') continue;
    const known = days.get(day);
    const fresh = { day, logins: 0, signups: 0, leaked_passwords: 0, created_at: date };
    days.set(day, { ...fresh, ...known, updated_at: date, [counter]: (known?.[counter] ?? 0) + 1 });
  }
  return { days: [...days.values()], active: [...active.values()] };
}

/** Writes events and what they count for, all or nothing. */
export async function writeEvents(ctx: Needed, events: readonly DatedEvent[]): Promise<void> {
  const names = await namesOf(ctx, events);
  const rows: Omit<logs.LogRow, 'seq'>[] = [];
  for (const event of events) rows.push(await rowOf(ctx, event, names));
  const { days, active } = countsOf(events);
  await ctx.database.transaction(async (queries) => {
    // First of all, since it keeps the other nodes waiting: whoever counts the same day does so after us.
    await logs.insert(queries, rows);
    for (const day of days) await statistics.addToDay(queries, day);
    if (active.length > 0) await statistics.markActive(queries, active);
  });
}
