// Owns event streams: where events about people, organizations and groups are to be sent, and in which shape.
import { randomAlphanumeric } from '#crypto/random';
import type { JsonObject } from '#protocol/merge-patch';
import type { Context } from './context.ts';
import { records } from './records.ts';

export interface WebhookAuthorization {
  readonly method: 'basic' | 'bearer' | 'custom_header';
  readonly username?: string;
  readonly header_key?: string;
  /** These three are sealed. */
  readonly password?: string;
  readonly token?: string;
  readonly header_value?: string;
}

export interface EventStream {
  readonly id: string;
  readonly status: 'enabled' | 'disabled';
  readonly name?: string;
  readonly subscriptions?: readonly { readonly event_type: string }[];
  readonly destination: {
    readonly type: string;
    readonly configuration: JsonObject & { readonly webhook_authorization?: WebhookAuthorization };
  };
}

export const eventStreams = records<EventStream>('event-streams', ({ name }) => name ?? null);

/** CloudEvents 1.0. */
export interface StreamEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly data: unknown;
}

/** An event for a stream, as it is sent; `purpose` tells one that only tries the stream. */
export function streamEvent(
  { issuer, now }: Pick<Context, 'issuer' | 'now'>,
  stream: EventStream,
  { type, data, purpose }: { readonly type: string; readonly data: unknown; readonly purpose?: 'test' },
): StreamEvent {
  const tenant = new URL(issuer).hostname;
  return {
    specversion: '1.0',
    id: `evt_${randomAlphanumeric(22)}`,
    source: `urn:auth0:${tenant}`,
    type,
    time: new Date(now()).toISOString(),
    data,
    ...(purpose ? { a0purpose: purpose } : {}),
    ...{ a0stream: stream.id, a0tenant: tenant },
  };
}

/** The headers of a request to a stream's webhook (RFC 7617, RFC 6750, or one of its own). */
export function webhookHeaders({ vault }: Pick<Context, 'vault'>, stream: EventStream): Record<string, string> {
  const type = { 'content-type': 'application/json' };
  const authorization = stream.destination.configuration.webhook_authorization;
  if (!authorization) return type;
  const opened = (sealed: string | undefined) => {
    const json = sealed === undefined ? undefined : vault.unseal('setting', sealed);
    return json === undefined ? '' : String(JSON.parse(json));
  };
  switch (authorization.method) {
    case 'basic': {
      const pair = `${authorization.username}:${opened(authorization.password)}`;
      return { ...type, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
    }
    case 'bearer':
      return { ...type, authorization: `Bearer ${opened(authorization.token)}` };
    case 'custom_header':
      return { ...type, [authorization.header_key ?? '']: opened(authorization.header_value) };
  }
}
