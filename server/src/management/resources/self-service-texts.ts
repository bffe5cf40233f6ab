// Owns a self-service profile's words on the pages that customers see.
import { putSelfServiceTexts, readSelfServiceTexts, type SelfServiceProfile } from '#domain/self-service-profiles';
import { type Collection, findOne } from '../collection.ts';
import { type Endpoint, endpoint } from '../resource.ts';
import { map, oneOf, text } from '../schema.ts';

const path = '/self-service-profiles/{id}/custom-text/{language}/{page}';
const params = {
  language: oneOf(['en'], { description: 'The language of the custom text' }),
  page: oneOf(['get-started'], { description: 'The page where the custom text is shown' }),
};

type Profiles = Pick<Collection<SelfServiceProfile>, 'records' | 'missing'>;

export function selfServiceTexts(profiles: Profiles): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path,
      summary: "Read a self-service profile's words",
      scopes: ['read:self_service_profile_custom_texts'],
      params,
      run: async ({ ctx, params: { id, language, page } }) => {
        await findOne(profiles, ctx, id);
        return readSelfServiceTexts(ctx, { profileId: id, language, page });
      },
    }),
    endpoint({
      method: 'PUT',
      path,
      summary: "Set a self-service profile's words",
      scopes: ['update:self_service_profile_custom_texts'],
      params,
      body: map(text({ maxLength: 2000 }), { maxProperties: 100, description: 'By key' }),
      run: async ({ ctx, params: { id, language, page }, body, change }) => {
        await findOne(profiles, ctx, id);
        const place = { profileId: id, language, page };
        change.before = await readSelfServiceTexts(ctx, place);
        await putSelfServiceTexts(ctx, place, body);
        change.after = body;
        return body;
      },
    }),
  ];
}
