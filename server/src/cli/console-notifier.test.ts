// Tests what a developer reads in the place of the person who would have been told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consoleNotifier } from './console-notifier.ts';

test('tells who asks whom, by what message, and where to answer', async () => {
  const written: string[] = [];
  const notify = consoleNotifier((text) => written.push(text));
  const notice = {
    kind: 'approval-requested' as const,
    user: { user_id: 'auth0|1', email: 'hana@example.com', name: 'Hana' },
    client: { client_id: 'bank', name: 'Bank' },
    binding_message: 'Transfer 42',
    link: 'http://localhost:3000/u/approvals/review?request=r',
    expires_at: 0,
  };
  await notify(notice);
  await notify({ ...notice, user: { ...notice.user, email: null }, binding_message: undefined });
  assert.deepEqual(
    written.map((text) => text.trim()),
    [
      `Bank asks hana@example.com to confirm a login (“Transfer 42”):\n  ${notice.link}`,
      `Bank asks auth0|1 to confirm a login:\n  ${notice.link}`,
    ],
  );
});
