// Owns the choice among the members of what is returned: `fields` and `include_fields`.
import { isJsonObject } from '#protocol/merge-patch';
import { flag, optional, text } from './schema.ts';

export const fieldsQuery = {
  fields: optional(text({ maxLength: 4000, description: 'Members to include or leave out, separated by commas' })),
  include_fields: optional(flag({ description: 'Whether fields are the ones to include or the ones to leave out' })),
};

interface FieldsQuery {
  readonly fields?: string;
  readonly include_fields?: boolean;
}

type Chooser = (item: unknown) => unknown;

/** What picks the members that a query asks for; undefined when it asks for all. */
export function chooserOf(
  { fields, include_fields = true }: FieldsQuery,
  always: readonly string[],
): Chooser | undefined {
  if (fields === undefined || fields === '') return undefined;
  // `a.b` asks for a, as Auth0 reads it.
  const names = new Set(fields.split(',').map((field) => field.trim().split('.')[0]));
  if (include_fields) for (const name of always) names.add(name);
  return (item) =>
    isJsonObject(item)
      ? Object.fromEntries(Object.entries(item).filter(([key]) => names.has(key) === include_fields))
      : item;
}
