// Owns tickets: addresses that let whoever has one do one thing for one person, once, such as set a new password.
import { ownClientId } from './clients.ts';
import type { Context } from './context.ts';
import { issueSingleUse, type Purpose, singleUsePurpose } from './single-use.ts';

/** Where the person goes afterwards, and what is told there. */
interface Afterwards {
  readonly result_url?: string | undefined;
  /** Whether `result_url` is told the address. */
  readonly includeEmailInRedirect?: boolean | undefined;
  /** For whom it was asked for: whose pages the person sees. */
  readonly client_id?: string | undefined;
  readonly organization_id?: string | undefined;
}

export interface EmailVerificationTicket extends Afterwards {
  readonly user_id: string;
  /** What is verified, and nothing that took its place meanwhile. */
  readonly email: string;
}

export interface PasswordChangeTicket extends Afterwards {
  readonly user_id: string;
  /** Whose password it is. */
  readonly identity_id: string;
  readonly connection: string;
  /** Whether whoever uses the ticket has shown that the address is theirs. */
  readonly mark_email_as_verified?: boolean | undefined;
}

export interface MfaEnrollmentTicket {
  readonly user_id: string;
  /** What is enrolled; undefined: the person chooses. */
  readonly factor?: string | undefined;
  readonly allow_multiple_enrollments?: boolean | undefined;
}

export const mfaEnrollment = singleUsePurpose<MfaEnrollmentTicket>('mfa-enrollment');
export const emailVerification = singleUsePurpose<EmailVerificationTicket>('email-verification');
export const passwordChange = singleUsePurpose<PasswordChangeTicket>('password-change');

/** Five days, as Auth0's. */
const usualLifetimeSec = 5 * 24 * 60 * 60;
/** Of what is asked for; beyond some number no database can tell when it ends. */
const longestLifetimeSec = 10 * 365 * 24 * 60 * 60;

const pages = {
  'email-verification': 'email-verification',
  'mfa-enrollment': 'mfa-enrollment',
  'password-change': 'reset-password',
} as const;

export interface Ticket {
  readonly link: string;
  /** What makes the address a secret. */
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expires_at: number;
}

/** Issues a ticket; of its secret only the digest is stored. `ttl_sec` 0 and undefined: five days; ten years at most. */
export async function issueTicket<P extends EmailVerificationTicket | MfaEnrollmentTicket | PasswordChangeTicket>(
  ctx: Pick<Context, 'database' | 'issuer' | 'now'>,
  purpose: Purpose<P>,
  payload: P,
  ttl_sec = 0,
): Promise<Ticket> {
  const lifetimeMs = Math.min(ttl_sec || usualLifetimeSec, longestLifetimeSec) * 1000;
  const { queries } = ctx.database;
  const token = await issueSingleUse(ctx, queries, purpose, { client_id: ownClientId, payload, lifetimeMs });
  const page = pages[purpose.purpose as keyof typeof pages];
  // The mark at the end keeps programs that find addresses in texts from taking what follows for a part of it.
  return { link: `${ctx.issuer}u/${page}?ticket=${token}#`, token, expires_at: ctx.now() + lifetimeMs };
}
