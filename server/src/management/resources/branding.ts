// Owns /api/v2/branding: how the tenant's pages look.
import { type Branding, pageTemplate, branding as settingsOfBranding } from '#domain/branding';
import { ApiError, invalidBody } from '#protocol/api-error';
import { Answer, type Endpoint, endpoint, type Resource } from '../resource.ts';
import { anyOf, nullable, object, optional, record, text } from '../schema.ts';
import { settings } from '../settings.ts';
import { brandingPhone } from './branding-phone.ts';
import { brandingThemes } from './branding-themes.ts';

const address = (description: string) => optional(nullable(text({ maxLength: 2048, description })));
const color = text({ pattern: '^#(?:[\\da-fA-F]{3}|[\\da-fA-F]{6})$', description: '#rrggbb' });

const look = settings<Branding>({
  path: '/branding',
  noun: 'branding',
  scopes: { read: ['read:branding'], update: ['update:branding'] },
  store: settingsOfBranding,
  methods: ['PATCH'],
  body: object({
    colors: optional(
      nullable(
        object({ primary: optional(nullable(color)), page_background: optional(nullable(anyOf(color, record()))) }),
      ),
    ),
    favicon_url: address('The icon in the tab'),
    logo_url: address('The logo'),
    font: optional(nullable(object({ url: address('The font') }))),
  }),
});

const path = '/branding/templates/universal-login';
const required = ['auth0:head', 'auth0:widget'];

/** Without them nobody could sign in. */
function check(template: string): void {
  const missing = required.find((tag) => !new RegExp(`{%-?\\s*${tag}\\s*-?%}`).test(template));
  if (missing !== undefined) throw invalidBody(`The template must contain the tag {%- ${missing} -%}.`);
}

const template: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path,
    summary: 'Read the template of the pages',
    scopes: ['read:branding'],
    run: async ({ ctx }) => {
      const found = await pageTemplate.find(ctx);
      if (!found) throw new ApiError(404, 'Template does not exist.', 'inexistent_templates_universal_login');
      return found;
    },
  }),
  endpoint({
    method: 'PUT',
    path,
    summary: 'Set the template of the pages',
    scopes: ['update:branding'],
    body: anyOf(
      text({ maxLength: 500_000 }),
      object({ template: text({ maxLength: 500_000, description: 'Liquid' }) }),
    ),
    run: async ({ ctx, body: sent }) => {
      const body = typeof sent === 'string' ? sent : sent.template;
      check(body);
      const isFirst = (await pageTemplate.find(ctx)) === undefined;
      await pageTemplate.change(ctx, () => ({ body }));
      return isFirst ? new Answer(201, {}) : undefined;
    },
  }),
  endpoint({
    method: 'DELETE',
    path,
    summary: 'Go back to the pages as they are by default',
    scopes: ['delete:branding'],
    run: async ({ ctx }) => {
      await pageTemplate.clear(ctx);
    },
  }),
];

export const branding: Resource = {
  name: 'branding',
  endpoints: [...look, ...template, ...brandingThemes, ...brandingPhone],
};
