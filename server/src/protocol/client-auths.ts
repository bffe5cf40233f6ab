// Owns the list of client authentication methods. At most one of them may recognise a request.
import type { ClientAuth } from './client-auth.ts';
import { clientSecretBasic } from './client-auths/client-secret-basic.ts';
import { clientSecretPost } from './client-auths/client-secret-post.ts';
import { none } from './client-auths/none.ts';

export const clientAuths: readonly ClientAuth[] = [clientSecretBasic, clientSecretPost, none];
