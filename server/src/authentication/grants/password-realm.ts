// Owns Auth0's password grant that says in which connection the person is looked up.
import { tenantSettings } from '#domain/tenant-settings';
import type { Grant } from '../grant.ts';
import { signInByPassword } from '../password-sign-in.ts';

export const passwordRealm: Grant = {
  name: 'http://auth0.com/oauth/grant-type/password-realm',
  events: { success: 'sepft', failure: 'fepft' },
  async resolve(ctx, request) {
    return signInByPassword(ctx, request, request.form.get('realm') ?? (await tenantSettings(ctx)).default_directory);
  },
};
