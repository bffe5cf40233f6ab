// Tests what happens where nothing reaches people.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEvent } from './event-types.ts';
import { recordingNotifier } from './notifier.ts';

test('that a person could not be told is recorded, by ids and without the link', async () => {
  const events: LogEvent[] = [];
  await recordingNotifier((event) => events.push(event))({
    kind: 'approval-requested',
    user: { user_id: 'auth0|1', email: 'hana@example.com', name: 'Hana' },
    client: { client_id: 'bank', name: 'Bank' },
    binding_message: 'Transfer 42',
    link: 'https://id.example.com/u/approvals/review?request=r',
    expires_at: 0,
  });
  assert.deepEqual(
    events.map(({ type, user_id, client_id }) => [type, user_id, client_id]),
    [['notice_not_sent', 'auth0|1', 'bank']],
  );
  assert.doesNotMatch(JSON.stringify(events), /request=|hana@|Transfer/);
});
