// Owns the shape of what reaches people outside of a browser, and what happens where nothing does.
import type { Context } from './context.ts';

interface Person {
  readonly user_id: string;
  readonly email: string | null;
  readonly name: string | null;
}

/** Somebody is asked to decide on a request that they didn't begin in a browser. */
export interface ApprovalNotice {
  readonly kind: 'approval-requested';
  readonly user: Person;
  readonly client: { readonly client_id: string; readonly name: string };
  readonly binding_message: string | undefined;
  /** The page where the person decides, after signing in. Useless to anybody else. */
  readonly link: string;
  /** Epoch milliseconds. */
  readonly expires_at: number;
}

/** Somebody is asked to show that an e-mail address is theirs. */
export interface EmailVerificationNotice {
  readonly kind: 'email-verification';
  readonly user: Person;
  /** The page where they confirm it. Whoever has it can, so it goes to that address alone. */
  readonly link: string;
  /** Epoch milliseconds. */
  readonly expires_at: number;
}

/** An administrator is told that an import of people has ended. */
export interface UsersImportedNotice {
  readonly kind: 'users-imported';
  /** The administrator. */
  readonly user: Person;
  readonly job_id: string;
  readonly connection: string;
  readonly status: 'completed' | 'failed';
  readonly summary: { readonly inserted: number; readonly updated: number; readonly failed: number };
}

export type Notice = ApprovalNotice | EmailVerificationNotice | UsersImportedNotice;

/**
 * Brings a notice to its person, by whatever way there is. The request waits for it, so whatever takes long is put in
 * a queue. A failure is the notifier's own to report: it never throws, because the person finds what waits for them
 * at /u/approvals all the same.
 */
export type Notifier = (notice: Notice) => Promise<void>;

const unsent: Readonly<Record<Notice['kind'], string>> = {
  'approval-requested': 'What waits for them is listed at /u/approvals.',
  'email-verification': 'An address is to be verified.',
  'users-imported': 'An import of people has ended.',
};

/** Where no other way is set up the fact is recorded, without the link. */
export function recordingNotifier(emit: Context['emit']): Notifier {
  return async (notice) => {
    emit({
      type: 'notice_not_sent',
      user_id: notice.user.user_id,
      ...(notice.kind === 'approval-requested' ? { client_id: notice.client.client_id } : {}),
      description: `There is no way set up to reach people. ${unsent[notice.kind]}`,
    });
  };
}
