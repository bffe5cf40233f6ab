// Owns /api/v2/verifiable-credentials: what is asked of people's wallets.
import { records } from '#domain/records';
import { ApiError } from '#protocol/api-error';
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import { type Collection, collection, dated } from '../collection.ts';
import { prefixed } from '../ids.ts';
import type { Resource } from '../resource.ts';
import { flag, nullable, number, object, optional, patchOf, type Schema, text } from '../schema.ts';

interface Template {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly dialect: string;
  readonly presentation: object;
  /** PEM. */
  readonly custom_certificate_authority: string | null;
  readonly well_known_trusted_issuers: string | null;
  readonly version?: number;
}

const id = prefixed('verifiable-credential-template-id', 'vct_', 22);

/** Of driving licences (ISO/IEC 18013-5 §7.2.1). */
const elements = [
  'family_name',
  'given_name',
  'birth_date',
  'issue_date',
  'expiry_date',
  'issuing_country',
  'issuing_authority',
  'portrait',
  'driving_privileges',
  'resident_address',
  'portrait_capture_date',
  'age_in_years',
  'age_birth_year',
  'issuing_jurisdiction',
  'nationality',
  'resident_city',
  'resident_state',
  'resident_postal_code',
  'resident_country',
  'family_name_national_character',
  'given_name_national_character',
];

const asked = object(Object.fromEntries(elements.map((element) => [element, optional(flag())])), {
  open: true,
  description: 'Which elements are asked for',
});
const presentation = object({
  'org.iso.18013.5.1.mDL': object({ 'org.iso.18013.5.1': { ...asked, minProperties: 1 } }),
});

const create = object({
  name: text({ minLength: 1, maxLength: 255, description: 'Name of the template' }),
  type: text({ minLength: 1, maxLength: 255, description: 'Type of the credential' }),
  dialect: text({ maxLength: 255, pattern: '^simplified/1\\.0$', description: 'Language of the request' }),
  presentation,
  custom_certificate_authority: optional(
    nullable(text({ minLength: 1, maxLength: 4096, description: 'An authority of your own, PEM' })),
  ),
  well_known_trusted_issuers: text({ minLength: 1, maxLength: 255, pattern: '^aamva$', description: 'Who is trusted' }),
});

const changeable = patchOf(create, { without: ['custom_certificate_authority'] });
const properties = changeable['properties'] as Record<string, Schema>;
const nullables = ['name', 'type', 'dialect', 'well_known_trusted_issuers'];
const update = {
  ...changeable,
  properties: {
    ...properties,
    ...Object.fromEntries(nullables.map((name) => [name, nullable(properties[name] ?? {})])),
    version: nullable(number({ description: 'Version of the template' })),
  },
};

/** Null leaves what a template can't be without as it was. */
function patched(before: Template, patch: JsonObject): Template {
  const { well_known_trusted_issuers: issuers, ...sent } = patch;
  const told = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== null));
  const merged = mergePatch(before as unknown as JsonObject, told, ['presentation']) as unknown as Template;
  return issuers === undefined ? merged : { ...merged, well_known_trusted_issuers: issuers as string | null };
}

const declaration: Collection<Template> = {
  path: '/verifiable-credentials/verification/templates',
  noun: 'template of what is asked of wallets',
  plural: 'templates of what is asked of wallets',
  scope: 'vdcs_templates',
  records: records<Template>('verifiable-credential-templates', ({ name }) => name),
  create,
  update,
  patched,
  fresh: (_call, body) => ({
    id: id.make(),
    custom_certificate_authority: null,
    ...(body as unknown as Omit<Template, 'id' | 'custom_certificate_authority'>),
  }),
  shown: dated,
  missing: () => new ApiError(404, 'The verifiable credential template does not exist.'),
  taken: ({ name }) => new ApiError(409, `Template (${name}) already exists.`),
  paging: { ways: 'checkpoint' },
};

export const verifiableCredentials: Resource = {
  name: 'verifiable-credentials',
  endpoints: collection(declaration),
};
