// Owns the rule that nobody is sent to sign in for an essential acr which no sign-in here reaches.
import { acrValues, isUnmet } from '../acr.ts';
import type { AuthorizeCheck } from '../authorize-check.ts';
import { OAuthError } from '../oauth-error.ts';

export const essentialAcr: AuthorizeCheck = {
  name: 'essential-acr',
  check({ request }) {
    const wanted = request.claims?.id_token?.['acr'];
    if (acrValues.some((acr) => !isUnmet(wanted, acr))) return;
    throw new OAuthError(
      'unmet_authentication_requirements',
      'The requested authentication context (acr) cannot be reached.',
    );
  },
};
