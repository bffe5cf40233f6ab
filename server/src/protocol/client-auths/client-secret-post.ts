// Owns client_secret_post: id and secret in the body (RFC 6749 §2.3.1).
import type { ClientAuth } from '../client-auth.ts';
import { requireParameter } from '../parameters.ts';

export const clientSecretPost: ClientAuth = {
  name: 'client_secret_post',
  read(_authorization, form) {
    const client_secret = form.get('client_secret');
    if (client_secret === undefined) return undefined;
    return { client_id: requireParameter(form, 'client_id'), client_secret };
  },
};
