// Owns /api/v2/token-exchange-profiles: which action judges tokens of others that are exchanged for ours.
import {
  checkAction,
  checkSubjectTokenType,
  tokenExchangeProfiles as profiles,
  type TokenExchangeProfile,
} from '#domain/token-exchange-profiles';
import { ApiError, invalidBody } from '#protocol/api-error';
import { type Collection, collection, dated } from '../collection.ts';
import { prefixed } from '../ids.ts';
import type { Resource } from '../resource.ts';
import { object, oneOf, patchOf, text } from '../schema.ts';

const id = prefixed('token-exchange-profile-id', 'tep_', 16);

const create = object({
  name: text({ minLength: 3, maxLength: 50, description: 'Name of the profile' }),
  subject_token_type: text({ minLength: 8, maxLength: 100, format: 'uri', description: 'Type of the tokens, a URI' }),
  action_id: text({ minLength: 1, maxLength: 36, description: 'The action that judges them' }),
  type: oneOf(['custom_authentication'], { description: 'What becomes of whom they speak of' }),
});

const taken = 'subject_token_type already exists for tenant';

const declaration: Collection<TokenExchangeProfile> = {
  path: '/token-exchange-profiles',
  noun: 'token exchange profile',
  scope: 'token_exchange_profiles',
  records: profiles,
  create,
  update: { ...patchOf(create, { without: ['action_id', 'type'] }), minProperties: 1 },
  acceptable: async ({ ctx }, sent) => {
    const { subject_token_type: type, action_id: action } = sent as Partial<TokenExchangeProfile>;
    if (type !== undefined) checkSubjectTokenType(type);
    if (action !== undefined) await checkAction(ctx, action);
  },
  fresh: (_call, body) => ({ id: id.make(), ...(body as unknown as Omit<TokenExchangeProfile, 'id'>) }),
  shown: dated,
  missing: () => new ApiError(404, 'Token exchange profile not found.'),
  taken: () => new ApiError(409, taken),
  takenAtChange: () => invalidBody(taken),
  paging: { ways: 'checkpoint' },
};

export const tokenExchangeProfiles: Resource = {
  name: 'token-exchange-profiles',
  endpoints: collection(declaration),
};
