// Owns the password grant (RFC 6749 §4.3), which looks people up in the tenant's default directory.
import { tenantSettings } from '#domain/tenant-settings';
import type { Grant } from '../grant.ts';
import { signInByPassword } from '../password-sign-in.ts';

export const password: Grant = {
  name: 'password',
  events: { success: 'sepft', failure: 'fepft' },
  async resolve(ctx, request) {
    return signInByPassword(ctx, request, (await tenantSettings(ctx)).default_directory);
  },
};
