// Owns /api/v2/log-streams: where log events are to be sent on.
import { randomLetters } from '#crypto/random';
import { records } from '#domain/records';
import { ApiError } from '#protocol/api-error';
import { isJsonObject, type JsonObject, mergePatch } from '#protocol/merge-patch';
import { type Collection, collection } from '../collection.ts';
import type { Call, Resource } from '../resource.ts';
import { anyOf, flag, list, object, oneOf, optional, type Schema, text } from '../schema.ts';
import { sealMembers, unsealMembers } from '../secret-members.ts';
import { validate } from '../validation.ts';
import { namedSink, type SinkType, shownSink, sinkSecrets, sinks, sinkTypes } from './log-stream-sinks.ts';

interface LogStream {
  readonly id: string;
  readonly name?: string;
  readonly type: SinkType;
  readonly status: 'active' | 'paused' | 'suspended';
  /** With its secrets sealed. */
  readonly sink: JsonObject;
  readonly filters?: readonly unknown[];
  readonly isPriority: boolean;
  readonly pii_config?: JsonObject;
  /** Where it begins; what was asked for when it was made. */
  readonly startFrom?: string;
}

const categories = [
  ...(['auth.login.fail', 'auth.login.notification', 'auth.login.success', 'auth.logout.fail'] as const),
  ...(['auth.logout.success', 'auth.signup.fail', 'auth.signup.success', 'auth.silent_auth.fail'] as const),
  ...(['auth.silent_auth.success', 'auth.token_exchange.fail', 'auth.token_exchange.success'] as const),
  ...(['management.fail', 'management.success', 'scim.event', 'system.notification', 'user.fail'] as const),
  ...(['user.notification', 'user.success', 'actions', 'other', 'security'] as const),
] as const;

/** All that a stream of priority carries. */
const priorityFilters = [{ type: 'category', name: 'security' }];

const personalFields = ['first_name', 'last_name', 'username', 'email', 'phone', 'address'] as const;

const settings = {
  name: optional(text({ maxLength: 256, description: 'Name of the log stream' })),
  isPriority: optional(flag({ description: 'Whether events of security come before all others, and alone' })),
  filters: optional(
    list(object({ type: optional(oneOf(['category'])), name: optional(oneOf(categories)) }), {
      maxItems: 100,
      description: 'Only events of these categories are delivered; all when it is empty',
    }),
  ),
  pii_config: optional(
    object({
      log_fields: list(oneOf(personalFields), { minItems: 1 }),
      method: optional(oneOf(['mask', 'hash'])),
      algorithm: optional(oneOf(['xxhash'])),
    }),
  ),
};

const create = anyOf(
  ...sinkTypes.map((type) =>
    object({
      ...settings,
      type: oneOf([type]),
      sink: sinks[type] as Schema,
      startFrom: optional(text({ maxLength: 40, description: 'Time from which on events are sent' })),
    }),
  ),
);

const update = object({
  ...settings,
  pii_config: optional({ anyOf: [settings.pii_config.optional, { type: 'null' }] } as Schema),
  status: optional(oneOf(['active', 'paused', 'suspended'], { description: 'The status of the log stream' })),
  sink: optional({ type: 'object' } as Schema),
});

function nonEmpty(stream: LogStream): LogStream {
  const { filters, pii_config, ...rest } = stream;
  const chosen = stream.isPriority ? priorityFilters : filters;
  return {
    ...rest,
    ...(chosen && chosen.length > 0 ? { filters: chosen } : {}),
    ...(pii_config ? { pii_config: { method: 'hash', algorithm: 'xxhash', ...pii_config } } : {}),
  };
}

function fresh({ ctx }: Call, body: JsonObject): LogStream {
  const sent = body as JsonObject & Pick<LogStream, 'type' | 'sink' | 'startFrom'>;
  const tenant = new URL(ctx.issuer).hostname;
  const startFrom = sent.startFrom ?? new Date(ctx.now()).toISOString();
  const sink = namedSink(sent.type, sent.sink, tenant);
  const stream = { isPriority: false, ...sent, id: `lst_${randomLetters('0123456789', 16)}`, sink, startFrom };
  return sealMembers(
    ctx,
    nonEmpty({ ...stream, status: 'active' }) as unknown as JsonObject,
    sinkSecrets,
  ) as unknown as LogStream;
}

/**
 * A sink keeps its kind, and secrets that are not sent again. Who sends the sink without `pii_config` takes that away,
 * as Auth0 does; who sends neither leaves it.
 */
function patched(before: LogStream, patch: JsonObject, { ctx }: Call): LogStream {
  const opened = unsealMembers(ctx, before as unknown as JsonObject, sinkSecrets);
  const { pii_config, ...rest } = mergePatch(opened, patch, ['pii_config']);
  if (isJsonObject(patch['sink']))
    validate('Payload', object({ sink: sinks[before.type] as Schema }), { sink: rest['sink'] });
  const keepsPersonal = patch['sink'] === undefined || 'pii_config' in patch;
  const merged = { ...rest, ...(keepsPersonal && isJsonObject(pii_config) ? { pii_config } : {}) };
  return sealMembers(
    ctx,
    nonEmpty(merged as unknown as LogStream) as unknown as JsonObject,
    sinkSecrets,
  ) as unknown as LogStream;
}

const declaration: Collection<LogStream> = {
  path: '/log-streams',
  noun: 'log stream',
  scope: 'log_streams',
  records: records<LogStream>('log-streams'),
  create,
  update,
  fresh,
  patched,
  shown: ({ body }, { ctx }) => {
    const { startFrom, sink, ...stream } = unsealMembers(ctx, body as unknown as JsonObject, sinkSecrets);
    return { ...stream, sink: shownSink(sink as JsonObject) };
  },
  paging: { ways: 'none', totals: 'never' },
  statuses: { create: 200 },
  missing: () => new ApiError(404, 'The log stream does not exist.'),
};

export const logStreams: Resource = { name: 'log-streams', endpoints: collection(declaration) };
