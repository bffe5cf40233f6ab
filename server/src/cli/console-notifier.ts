// Owns what a developer reads in the terminal in the place of the person who would have been told.
import type { Notifier } from '#domain/notifier';

/** Writes each notice with its link. For development alone: elsewhere a log is nobody's mailbox. */
export function consoleNotifier(write: (text: string) => void): Notifier {
  return async ({ user, client, binding_message, link }) => {
    const message = binding_message === undefined ? '' : ` (“${binding_message}”)`;
    const whom = user.email ?? user.user_id;
    write(`\n${client.name} asks ${whom} to confirm a login${message}:\n  ${link}\n\n`);
  };
}
