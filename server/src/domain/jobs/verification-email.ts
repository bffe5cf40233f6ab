// Owns the asking of a person to verify their e-mail address.

import { JobFailed, type JobType } from '../job.ts';
import { emailVerification, issueTicket } from '../tickets.ts';
import { findUser } from '../users.ts';

export interface VerificationEmailAsked {
  readonly user_id: string;
  readonly email: string;
  readonly client_id?: string | undefined;
  readonly organization_id?: string | undefined;
}

export const verificationEmail: JobType<VerificationEmailAsked, Record<string, never>> = {
  type: 'verification_email',
  lane: 'messages',
  fresh: {},
  async step(ctx, { job, advance }) {
    const { user_id, email, client_id, organization_id } = job.body;
    const user = await findUser(ctx, user_id);
    if (!user) throw new JobFailed('The user does not exist any more.');
    const { link, expires_at } = await issueTicket(ctx, emailVerification, {
      user_id,
      email,
      client_id,
      organization_id,
    });
    const { name } = user;
    await ctx.notify({ kind: 'email-verification', user: { user_id, email, name }, link, expires_at });
    // Whoever dies before this sends it again: twice is better than never.
    await advance(ctx.database.queries, { state: {}, done: 1 });
    return true;
  },
};
