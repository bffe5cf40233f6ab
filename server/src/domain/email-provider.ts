// Owns who delivers the tenant's e-mail, in Auth0's spelling.
import { singleton } from './records.ts';

/** What of the credentials is secret is sealed. */
export interface EmailProvider {
  readonly name: string;
  readonly enabled: boolean;
  readonly default_from_address?: string;
  readonly credentials: Readonly<Record<string, unknown>>;
  readonly settings?: Readonly<Record<string, unknown>>;
}

export const emailProvider = singleton<EmailProvider>('email-provider', {
  name: 'smtp',
  enabled: false,
  credentials: {},
});
