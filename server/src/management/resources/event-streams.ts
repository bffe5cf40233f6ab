// Owns /api/v2/event-streams: where events about people, organizations and groups are to be sent.
import { randomUuid } from '#crypto/random';
import { forgetStream } from '#domain/event-deliveries';
import { type EventStream, eventStreams as streams } from '#domain/event-streams';
import { ApiError } from '#protocol/api-error';
import type { JsonObject } from '#protocol/merge-patch';
import { type Collection, collection, dated } from '../collection.ts';
import { idText, prefixed } from '../ids.ts';
import type { Call, Resource } from '../resource.ts';
import { anyOf, list, object, oneOf, optional, type Schema, text } from '../schema.ts';
import { type MemberPath, sealMembers, withoutMembers } from '../secret-members.ts';
import { amazonRegions } from './amazon-regions.ts';
import { deliveryEndpoints } from './event-deliveries.ts';

const eventTypes = [
  ...(['connection.created', 'connection.deleted', 'connection.updated', 'group.created', 'group.deleted'] as const),
  ...(['group.member.added', 'group.member.deleted', 'group.role.assigned', 'group.role.deleted'] as const),
  ...(['group.updated', 'organization.connection.added', 'organization.connection.removed'] as const),
  ...(['organization.connection.updated', 'organization.created', 'organization.deleted'] as const),
  ...(['organization.group.role.assigned', 'organization.group.role.deleted', 'organization.member.added'] as const),
  ...(['organization.member.deleted', 'organization.member.role.assigned'] as const),
  ...(['organization.member.role.deleted', 'organization.updated', 'user.created', 'user.deleted'] as const),
  ...(['user.updated'] as const),
] as const;

const secrets: readonly MemberPath[] = ['token', 'password', 'header_value'].map(
  (name) => `destination.configuration.webhook_authorization.${name}`,
);

const headerName = text({ minLength: 1, maxLength: 256, pattern: "^[a-zA-Z0-9!#$%&'*+.^_`|~-]+$" });
const username = text({ maxLength: 128, pattern: '^[^:]+$' });
const secret = optional(text({ minLength: 1, maxLength: 4000 }));

const authorization = anyOf(
  object({ method: oneOf(['basic']), username, password: secret }),
  object({ method: oneOf(['bearer']), token: secret }),
  object({ method: oneOf(['custom_header']), header_key: headerName, header_value: secret }),
);

const webhook = object({
  type: oneOf(['webhook']),
  configuration: object({
    webhook_endpoint: text({ pattern: '^https://.*', maxLength: 2000, description: 'Target HTTP endpoint URL' }),
    webhook_authorization: authorization,
  }),
});
const eventBridge = object({
  type: oneOf(['eventbridge']),
  configuration: object({
    aws_account_id: text({ pattern: '^\\d{12}$', description: 'AWS account ID' }),
    aws_region: oneOf(amazonRegions, { description: 'AWS region' }),
    aws_partner_event_source: optional(text()),
  }),
});
const action = object({ type: oneOf(['action']), configuration: object({ action_id: text({ maxLength: 64 }) }) });

const settings = {
  name: optional(text({ minLength: 1, maxLength: 128, description: 'Name of the event stream' })),
  subscriptions: optional(
    list(object({ event_type: optional(oneOf(eventTypes)) }), { maxItems: 100, description: 'What is sent' }),
  ),
  status: optional(oneOf(['enabled', 'disabled'], { description: 'Whether events are sent' })),
};

const id = prefixed('event-stream-id', 'est_', 22);

function fresh({ ctx }: Call, body: JsonObject): EventStream {
  const sent = body as unknown as Omit<EventStream, 'id'>;
  const { type, configuration } = sent.destination;
  const source = `aws.partner/auth0.com/${new URL(ctx.issuer).hostname}-${randomUuid()}/auth0.events`;
  const named = type === 'eventbridge' ? { ...configuration, aws_partner_event_source: source } : configuration;
  const stream = {
    ...sent,
    id: id.make(),
    status: sent.status ?? 'enabled',
    destination: { type, configuration: named },
  };
  return sealMembers(ctx, stream as unknown as JsonObject, secrets) as unknown as EventStream;
}

/** A destination is replaced as a whole, but keeps the secret of the same method that isn't sent again. */
function patched(before: EventStream, patch: JsonObject, { ctx }: Call): EventStream {
  const sent = sealMembers(ctx, patch, secrets) as unknown as Partial<EventStream>;
  if (!sent.destination) return { ...before, ...sent };
  const { configuration } = sent.destination;
  const was = before.destination.configuration.webhook_authorization;
  const is = configuration.webhook_authorization;
  const kept = was && is && was.method === is.method ? { webhook_authorization: { ...was, ...is } } : {};
  return { ...before, ...sent, destination: { ...sent.destination, configuration: { ...configuration, ...kept } } };
}

const destination = anyOf(webhook, eventBridge, action) as Schema;

const declaration: Collection<EventStream> = {
  path: '/event-streams',
  noun: 'event stream',
  scope: 'event_streams',
  records: streams,
  removed: ({ id: stream }, { ctx }) => forgetStream(ctx, stream),
  id: idText(id, 'Unique identifier for the event stream.'),
  create: object({ ...settings, destination }),
  update: object({ ...settings, destination: optional(destination) }),
  fresh,
  patched,
  shown: (document) => withoutMembers(dated(document) as unknown as JsonObject, secrets),
  key: 'eventStreams',
  paging: { ways: 'checkpoint' },
  missing: () => new ApiError(404, 'The requested stream does not exist.'),
  taken: () => new ApiError(409, 'Event stream name already in use.'),
};

export const eventStreams: Resource = {
  name: 'event-streams',
  endpoints: [...collection(declaration), ...deliveryEndpoints(declaration, eventTypes)],
};
