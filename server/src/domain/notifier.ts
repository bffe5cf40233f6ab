// Owns the shape of what reaches people outside of a browser, and what happens where nothing does.
import type { Context } from './context.ts';

/** Somebody is asked to decide on a request that they didn't begin in a browser. */
export interface ApprovalNotice {
  readonly kind: 'approval-requested';
  readonly user: { readonly user_id: string; readonly email: string | null; readonly name: string | null };
  readonly client: { readonly client_id: string; readonly name: string };
  readonly binding_message: string | undefined;
  /** The page where the person decides, after signing in. Useless to anybody else. */
  readonly link: string;
  /** Epoch milliseconds. */
  readonly expires_at: number;
}

export type Notice = ApprovalNotice;

/**
 * Brings a notice to its person, by whatever way there is. The request waits for it, so whatever takes long is put in
 * a queue. A failure is the notifier's own to report: it never throws, because the person finds what waits for them
 * at /u/approvals all the same.
 */
export type Notifier = (notice: Notice) => Promise<void>;

/** Where no other way is set up the fact is recorded, without the link. */
export function recordingNotifier(emit: Context['emit']): Notifier {
  return async ({ user, client }) => {
    emit({
      type: 'notice_not_sent',
      user_id: user.user_id,
      client_id: client.client_id,
      description: 'There is no way set up to reach people. What waits for them is listed at /u/approvals.',
    });
  };
}
