// Owns what a developer reads in the terminal in the place of the person who would have been told.
import type { Notice, Notifier } from '#domain/notifier';

function sentenceOf(notice: Notice): string {
  const whom = notice.user.email ?? notice.user.user_id;
  if (notice.kind === 'email-verification') return `${whom} is asked to confirm that address:\n  ${notice.link}`;
  if (notice.kind === 'users-imported') {
    const { job_id, connection, status, summary } = notice;
    const counts = `${summary.inserted} new, ${summary.updated} changed, ${summary.failed} refused`;
    return `${whom} is told that the import ${job_id} into ${connection} has ${status}: ${counts}`;
  }
  const { client, binding_message, link } = notice;
  const message = binding_message === undefined ? '' : ` (“${binding_message}”)`;
  return `${client.name} asks ${whom} to confirm a login${message}:\n  ${link}`;
}

/** Writes each notice with its link. For development alone: elsewhere a log is nobody's mailbox. */
export function consoleNotifier(write: (text: string) => void): Notifier {
  return async (notice) => {
    write(`\n${sentenceOf(notice)}\n\n`);
  };
}
