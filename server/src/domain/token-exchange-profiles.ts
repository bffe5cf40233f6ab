// Owns token exchange profiles: which action judges tokens of which type, when they are exchanged for ours.
import { actionRecords } from './actions.ts';
import type { Context } from './context.ts';
import { records } from './records.ts';
import { InvalidSetting } from './refusals.ts';

export interface TokenExchangeProfile {
  readonly id: string;
  readonly name: string;
  readonly type: 'custom_authentication';
  /** A URI of the tenant's choice. */
  readonly subject_token_type: string;
  readonly action_id: string;
}

/** A type of tokens has one profile. */
export const tokenExchangeProfiles = records<TokenExchangeProfile>(
  'token-exchange-profiles',
  ({ subject_token_type }) => subject_token_type,
);

const trigger = 'custom-token-exchange';

/** Names that mean something already: to the IETF, and to Auth0's own software. */
const reserved = /^(?:urn:ietf:|urn:auth0:|https?:\/\/(?:[\w-]+\.)*auth0\.com(?:[/:?#]|$))/i;

/** Throws InvalidSetting for a type that isn't the tenant's to define. */
export function checkSubjectTokenType(type: string): void {
  if (reserved.test(type)) throw new InvalidSetting(`The subject_token_type is in a reserved namespace: ${type}`);
}

/** Throws InvalidSetting unless the action is made for this, and deployed. */
export async function checkAction(ctx: Pick<Context, 'documents'>, actionId: string): Promise<void> {
  const action = await actionRecords.find(ctx, actionId);
  if (!action) throw new InvalidSetting('Action not found');
  if (!action.body.supported_triggers.some(({ id }) => id === trigger)) {
    throw new InvalidSetting(`Action must have supported_triggers: ${trigger}`);
  }
  if (action.body.deployed_version_id === undefined) throw new InvalidSetting('Action is not deployed');
}
