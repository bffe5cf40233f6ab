// Owns /api/v2/email-templates: what e-mails say.
import { type EmailTemplate, emailTemplateNames, findEmailTemplate, putEmailTemplate } from '#domain/email-templates';
import { ApiError } from '#protocol/api-error';
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import { endpoint, type Resource } from '../resource.ts';
import { flag, integer, nullable, object, oneOf, optional, text } from '../schema.ts';

const name = oneOf(emailTemplateNames, { description: 'Name of the template' });
const line = (description: string) => optional(nullable(text({ maxLength: 500_000, description })));

const members = {
  body: line('What the e-mail says'),
  from: line('Whom it comes from'),
  resultUrl: line('Where its link leads in the end'),
  subject: line('Its subject'),
  syntax: line('The language of body and subject: liquid'),
  urlLifetimeInSeconds: optional(nullable(integer({ minimum: 0, description: 'How long its link works' }))),
  includeEmailInRedirect: optional(flag({ description: 'Whether the address is told to resultUrl' })),
  enabled: optional(nullable(flag({ description: 'Whether it is used' }))),
};

const whole = object({ template: name, ...members });
const part = object({ template: optional(name), ...members });
const path = '/email-templates/{templateName}';
const params = { templateName: name };
const missing = () => new ApiError(404, 'The template does not exist.', 'inexistent_email_template');
const update = ['update:email_templates'];

const asTemplate = (sent: unknown) => mergePatch({}, sent as JsonObject) as unknown as EmailTemplate;

export const emailTemplates: Resource = {
  name: 'email-templates',
  endpoints: [
    endpoint({
      method: 'POST',
      path: '/email-templates',
      summary: 'Create an e-mail template',
      scopes: ['create:email_templates'],
      body: whole,
      status: 200,
      run: async ({ ctx, body }) => {
        if (await findEmailTemplate(ctx, body.template))
          throw new ApiError(409, `Template ${body.template} already exists.`);
        return putEmailTemplate(ctx, asTemplate(body));
      },
    }),
    endpoint({
      method: 'GET',
      path,
      summary: 'Read an e-mail template',
      scopes: ['read:email_templates'],
      params,
      run: async ({ ctx, params: { templateName } }) => {
        const found = await findEmailTemplate(ctx, templateName);
        if (!found) throw missing();
        return found;
      },
    }),
    endpoint({
      method: 'PATCH',
      path,
      summary: 'Change an e-mail template',
      scopes: update,
      params,
      body: part,
      run: async ({ ctx, params: { templateName }, body, change }) => {
        const before = await findEmailTemplate(ctx, templateName);
        if (!before) throw missing();
        const after = mergePatch(before as unknown as JsonObject, body as JsonObject) as unknown as EmailTemplate;
        change.before = before;
        change.after = await putEmailTemplate(ctx, { ...after, template: before.template });
        return change.after;
      },
    }),
    endpoint({
      method: 'PUT',
      path,
      summary: 'Replace an e-mail template',
      scopes: update,
      params,
      body: whole,
      run: async ({ ctx, params: { templateName }, body, change }) => {
        change.before = await findEmailTemplate(ctx, templateName);
        if (!change.before) throw missing();
        change.after = await putEmailTemplate(ctx, {
          ...asTemplate(body),
          template: templateName as EmailTemplate['template'],
        });
        return change.after;
      },
    }),
  ],
};
