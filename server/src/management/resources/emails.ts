// Owns /api/v2/emails/provider: who delivers the tenant's e-mail.
import { type EmailProvider, emailProvider } from '#domain/email-provider';
import { ApiError } from '#protocol/api-error';
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import { type Call, endpoint, type Resource } from '../resource.ts';
import { flag, nullable, object, oneOf, optional, record, text } from '../schema.ts';
import { sealMembers } from '../secret-members.ts';

const provider = oneOf(
  ['mailgun', 'mandrill', 'sendgrid', 'resend', 'ses', 'sparkpost', 'smtp', 'azure_cs', 'ms365', 'custom'],
  { description: 'Name of the provider' },
);
const members = {
  enabled: optional(flag({ description: 'Whether it is used' })),
  default_from_address: optional(text({ maxLength: 320, description: 'Whom e-mails come from' })),
  settings: optional(nullable(record({ description: "The provider's own settings" }))),
};
const credentials = record({ description: 'The account; what of it is secret is shown to nobody' });

/** What of an account is no secret. */
const shownCredentials = ['domain', 'region', 'smtp_host', 'smtp_port', 'smtp_user'];

const path = '/emails/provider';
const missing = () => new ApiError(404, 'There is not a configured email provider', 'inexistent_email_provider');

function isShown(name: string): boolean {
  return shownCredentials.includes(name);
}

function shown({ credentials: account, ...rest }: EmailProvider): JsonObject {
  const visible = Object.fromEntries(Object.entries(account).filter(([name]) => isShown(name)));
  return { ...rest, credentials: visible };
}

/** With the secrets of the account sealed. */
function sealed({ ctx, body }: Pick<Call, 'ctx' | 'body'>): JsonObject {
  const { credentials: account = {}, ...rest } = body as JsonObject & { credentials?: JsonObject };
  const secrets = Object.keys(account).filter((name) => !isShown(name));
  return 'credentials' in (body as object) ? { ...rest, credentials: sealMembers(ctx, account, secrets) } : rest;
}

export const emails: Resource = {
  name: 'emails',
  endpoints: [
    endpoint({
      method: 'GET',
      path,
      summary: 'Read the e-mail provider; its account only when `fields` asks for it',
      scopes: ['read:email_provider'],
      fields: true,
      run: async ({ ctx, query }) => {
        const found = await emailProvider.find(ctx);
        if (!found) throw missing();
        const { credentials: account, ...rest } = shown(found);
        return (query as { fields?: string }).fields?.split(',').includes('credentials')
          ? { ...rest, credentials: account }
          : rest;
      },
    }),
    endpoint({
      method: 'POST',
      path,
      summary: 'Set up the e-mail provider',
      scopes: ['create:email_provider'],
      body: object({ name: provider, credentials, ...members }),
      run: async (call) => {
        if (await emailProvider.find(call.ctx)) {
          throw new ApiError(409, 'There is already a configured email provider', 'email_provider_conflict');
        }
        const fresh = { enabled: true, ...mergePatch({}, sealed(call)) } as unknown as EmailProvider;
        return shown(await emailProvider.change(call.ctx, () => fresh));
      },
    }),
    endpoint({
      method: 'PATCH',
      path,
      summary: 'Change the e-mail provider',
      scopes: ['update:email_provider'],
      body: object({ name: optional(provider), credentials: optional(credentials), ...members }),
      run: async (call) => {
        if (!(await emailProvider.find(call.ctx))) throw missing();
        const sent = sealed(call);
        const merge = (before: EmailProvider) =>
          mergePatch(before as unknown as JsonObject, sent, ['credentials', 'settings']) as unknown as EmailProvider;
        return shown(await emailProvider.change(call.ctx, merge));
      },
    }),
    endpoint({
      method: 'DELETE',
      path,
      summary: 'Give up the e-mail provider',
      scopes: ['delete:email_provider'],
      run: async ({ ctx }) => {
        await emailProvider.clear(ctx);
      },
    }),
  ],
};
