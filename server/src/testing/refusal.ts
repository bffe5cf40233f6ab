// Owns the expectation that something is refused with a given code.
import assert from 'node:assert/strict';
import { OAuthError, type OAuthErrorCode } from '#protocol/oauth-error';

/** The refusal that the work throws, which must be an OAuthError of this code. */
export function refusalOf(code: OAuthErrorCode, work: () => unknown): OAuthError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof OAuthError, `${error} is no OAuthError`);
    assert.equal(error.code, code);
    return error;
  }
  assert.fail(`nothing was refused, but ${code} was expected`);
}
