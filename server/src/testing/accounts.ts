// Owns people for tests of the Management API: made over it, in a database connection.
import assert from 'node:assert/strict';
import type { TestManagement } from './management.ts';
import { testPassword } from './tenant.ts';

export const testConnection = 'Username-Password-Authentication';

/** The path of a person. */
export function pathOf({ user_id }: { readonly user_id: string }): string {
  return `/users/${encodeURIComponent(user_id)}`;
}

/** Makes a person who signs in with `testPassword`, and returns them as the API tells. */
export async function createTestAccount(api: TestManagement, settings: object) {
  const answer = await api.post('/users', { connection: testConnection, password: testPassword, ...settings });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}
