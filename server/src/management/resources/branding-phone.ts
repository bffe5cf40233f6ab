// Owns /api/v2/branding/phone: who sends texts and calls, and what they say.
import type { Context } from '#domain/context';
import { type Document, records } from '#domain/records';
import { ApiError } from '#protocol/api-error';
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import { type Collection, collection, dated, findOne } from '../collection.ts';
import { prefixed } from '../ids.ts';
import { type Call, type Endpoint, endpoint } from '../resource.ts';
import { flag, list, object, oneOf, optional, patchOf, record, text } from '../schema.ts';
import { sealMembers } from '../secret-members.ts';

const missing = () => new ApiError(404, 'Notification Resource not found');
const delivery = oneOf(['text', 'voice'], { description: 'A text or a call' });

interface PhoneProvider {
  readonly id: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly configuration?: object;
  /** Sealed. */
  readonly credentials?: JsonObject;
}

const providerId = prefixed('phone-provider-id', 'pro_', 22);

const createProvider = object({
  name: oneOf(['twilio', 'custom'], { description: 'Name of the provider' }),
  disabled: optional(flag({ description: 'Whether it rests' })),
  configuration: optional(
    object(
      {
        default_from: optional(text({ maxLength: 20 })),
        mssid: optional(text({ maxLength: 100 })),
        sid: optional(text({ maxLength: 100 })),
        delivery_methods: list(delivery, { minItems: 1 }),
      },
      { open: true },
    ),
  ),
  credentials: optional(record({ description: 'The account; it is shown to nobody' })),
});

const tenantOf = ({ ctx }: { readonly ctx: Context }) => ({ tenant: new URL(ctx.issuer).host, channel: 'phone' });

function shownProvider(document: Document<PhoneProvider>, call: Call): JsonObject {
  const { credentials, id, ...rest } = dated(document);
  return { id, ...tenantOf(call), ...rest };
}

const providers: Collection<PhoneProvider> = {
  path: '/branding/phone/providers',
  noun: 'phone provider',
  scope: 'phone_providers',
  // One tenant has one.
  records: records('phone-providers', () => 'provider'),
  create: createProvider,
  update: patchOf(createProvider),
  fresh: ({ ctx }, body) => ({
    id: providerId.make(),
    disabled: false,
    ...(sealMembers(ctx, body, ['credentials.*']) as unknown as Omit<PhoneProvider, 'id' | 'disabled'>),
  }),
  patched: (before, patch, { ctx }) => {
    const sent = sealMembers(ctx, patch, ['credentials.*']);
    return mergePatch(before as unknown as JsonObject, sent, [
      'configuration',
      'credentials',
    ]) as unknown as PhoneProvider;
  },
  shown: shownProvider,
  summary: (document, call) => ({ ...shownProvider(document, call), credentials: null }),
  missing,
  taken: () => new ApiError(400, 'Bad Operation on Notification Resource'),
  strictDelete: true,
  query: { disabled: optional(flag({ description: 'Only those that rest, or that do not' })) },
  listed: ({ body }, { query }) => (query.disabled ?? body.disabled) === body.disabled,
  paging: { ways: 'none', totals: 'always', envelope: ({ items }) => ({ providers: items }) },
};

interface PhoneTemplate {
  readonly id: string;
  readonly type: string;
  readonly disabled: boolean;
  readonly content: JsonObject;
}

const templateId = prefixed('phone-template-id', 'tem_', 22);

const createTemplate = object({
  type: optional(
    oneOf(['otp_verify', 'otp_enroll', 'change_password', 'blocked_account', 'password_breach'], {
      description: 'When it is sent',
    }),
  ),
  disabled: optional(flag({ description: 'Whether it rests' })),
  content: optional(
    object({
      syntax: optional(text({ maxLength: 20 })),
      from: optional(text({ maxLength: 20 })),
      body: optional(
        object({ text: optional(text({ maxLength: 10_000 })), voice: optional(text({ maxLength: 10_000 })) }),
      ),
    }),
  ),
});

const templates: Collection<PhoneTemplate> = {
  path: '/branding/phone/templates',
  noun: 'phone template',
  scope: 'phone_templates',
  records: records('phone-templates', ({ type }) => type),
  create: createTemplate,
  update: patchOf(createTemplate, { without: ['type'] }),
  fresh: (_call, body) => {
    const { content = {}, ...rest } = body as { content?: JsonObject };
    return {
      id: templateId.make(),
      type: 'otp_verify',
      disabled: false,
      ...rest,
      content: { syntax: 'liquid', ...content },
    };
  },
  shown: (document, call) => {
    const { id, ...rest } = dated(document);
    return { id, ...tenantOf(call), ...rest };
  },
  missing,
  taken: ({ type }) => new ApiError(409, `A template for ${type} exists already.`),
  strictDelete: true,
  query: { disabled: optional(flag({ description: 'Only those that rest, or that do not' })) },
  listed: ({ body }, { query }) => (query.disabled ?? body.disabled) === body.disabled,
  paging: { ways: 'none', totals: 'always', envelope: ({ items }) => ({ templates: items }) },
};

const test = object({ to: text({ maxLength: 20, description: 'Phone number' }), delivery_method: optional(delivery) });

const noGateway = () => new ApiError(501, 'This server sends no phone messages yet.', 'not_implemented');

const tries: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/branding/phone/providers/{id}/try',
    summary: 'Send a test by a phone provider',
    scopes: ['create:phone_providers'],
    body: test,
    run: async ({ ctx, params }) => {
      await findOne(providers, ctx, params.id);
      throw noGateway();
    },
  }),
  endpoint({
    method: 'POST',
    path: '/branding/phone/templates/{id}/try',
    summary: 'Send a test of a phone template',
    scopes: ['create:phone_templates'],
    body: test,
    run: async ({ ctx, params }) => {
      await findOne(templates, ctx, params.id);
      throw noGateway();
    },
  }),
  endpoint({
    method: 'PATCH',
    path: '/branding/phone/templates/{id}/reset',
    summary: 'Go back to what a phone template says by default',
    scopes: ['update:phone_templates'],
    run: async (call) => {
      const { id } = call.params;
      await findOne(templates, call.ctx, id);
      const reset = await templates.records.change(call.ctx, id, (template) => ({
        ...template,
        content: { syntax: 'liquid' },
      }));
      if (reset === undefined || reset === 'taken') throw missing();
      return templates.shown?.(reset, call);
    },
  }),
];

export const brandingPhone: readonly Endpoint[] = [...collection(providers), ...collection(templates), ...tries];
