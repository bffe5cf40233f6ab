// Owns the texts of e-mails that administrators have changed, in Auth0's spelling.
import type { Context } from './context.ts';
import { records } from './records.ts';

export const emailTemplateNames = [
  'verify_email',
  'verify_email_by_code',
  'auth_email_by_code',
  'reset_email',
  'reset_email_by_code',
  'welcome_email',
  'blocked_account',
  'stolen_credentials',
  'enrollment_email',
  'mfa_oob_code',
  'user_invitation',
  'change_password',
  'password_reset',
  'async_approval',
] as const;

export type EmailTemplateName = (typeof emailTemplateNames)[number];

/** `body` and `subject` are Liquid. */
export interface EmailTemplate {
  readonly template: EmailTemplateName;
  readonly body?: string;
  readonly from?: string;
  readonly resultUrl?: string;
  readonly subject?: string;
  readonly syntax?: string;
  readonly urlLifetimeInSeconds?: number;
  readonly includeEmailInRedirect?: boolean;
  readonly enabled?: boolean;
}

const kind = records<EmailTemplate>('email-templates');

/** Every tenant begins with this one, as at Auth0. */
const verifyEmail: EmailTemplate = {
  template: 'verify_email',
  body: '<html><body><p>Confirm that {{ user.email }} is yours: <a href="{{ url }}">{{ url }}</a></p></body></html>',
  from: '',
  resultUrl: '',
  subject: '',
  syntax: 'liquid',
  urlLifetimeInSeconds: 432_000,
  includeEmailInRedirect: true,
  enabled: true,
};

type Needed = Pick<Context, 'documents'>;

export async function findEmailTemplate(ctx: Needed, name: string): Promise<EmailTemplate | undefined> {
  const stored = (await kind.find(ctx, name))?.body;
  return stored ?? (name === verifyEmail.template ? verifyEmail : undefined);
}

/** Puts a template in the place of what there is. */
export async function putEmailTemplate(ctx: Needed, template: EmailTemplate): Promise<EmailTemplate> {
  const changed = await kind.change(ctx, template.template, () => template);
  const put = changed ?? (await kind.create(ctx, template.template, template));
  return put === 'taken' ? putEmailTemplate(ctx, template) : put.body;
}
