// Owns `none`: an application that keeps no secret names itself (RFC 6749 §3.2.1).
import { type ClientAuth, readName } from '../client-auth.ts';

export const none: ClientAuth = { name: 'none', read: readName };
