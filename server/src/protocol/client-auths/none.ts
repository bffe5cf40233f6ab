// Owns `none`: an application that keeps no secret names itself (RFC 6749 §3.2.1).
import type { ClientAuth } from '../client-auth.ts';

export const none: ClientAuth = {
  name: 'none',
  read(authorization, form) {
    const client_id = form.get('client_id');
    if (client_id === undefined || authorization !== undefined || form.has('client_secret')) return undefined;
    return { client_id };
  },
};
