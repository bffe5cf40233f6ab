// Owns /api/v2/forms: pages that are put together by administrators.
import { records } from '#domain/records';
import { ApiError } from '#protocol/api-error';
import { type Collection, collection, dated } from '../collection.ts';
import { prefixed } from '../ids.ts';
import type { Resource } from '../resource.ts';
import { list, object, oneOf, optional, patchOf, record, text } from '../schema.ts';

interface Form {
  readonly id: string;
  readonly name: string;
}

const id = prefixed('form-id', 'ap_', 22);

const create = object({
  name: text({ minLength: 1, maxLength: 150, description: 'Name of the form' }),
  description: optional(text({ maxLength: 500 })),
  messages: optional(record({ description: 'Sentences of errors' })),
  languages: optional(record({ description: 'The languages it speaks' })),
  translations: optional(record()),
  nodes: optional(list(record(), { maxItems: 500, description: 'Steps, flows and routers' })),
  start: optional(record({ description: 'Where it begins' })),
  ending: optional(record({ description: 'What happens at the end' })),
  style: optional(record()),
  social: optional(list(record())),
});

const declaration: Collection<Form> = {
  path: '/forms',
  noun: 'form',
  scope: 'forms',
  records: records('forms'),
  create,
  update: patchOf(create),
  replaced: ['messages', 'languages', 'translations', 'start', 'ending', 'style'],
  fresh: (_call, body) => ({ id: id.make(), ...(body as Omit<Form, 'id'>) }),
  shown: dated,
  summary: (document) => {
    const { id: form, name, created_at, updated_at } = dated(document);
    return { id: form, name, created_at, updated_at };
  },
  missing: () => new ApiError(404, 'Form not found'),
  strictDelete: true,
  query: { hydrate: optional(list(oneOf(['flow_count', 'links']), { description: 'What else to tell' })) },
};

export const forms: Resource = { name: 'forms', endpoints: collection(declaration) };
