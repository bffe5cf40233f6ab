// Owns /api/v2/prompts: the words, the pieces and the rendering of the hosted pages.
import {
  promptSettings,
  putPartials,
  putPromptTexts,
  readPartials,
  readPromptTexts,
  type ScreenTexts,
} from '#domain/prompts';
import { promptLanguages, promptNames, promptsWithPartials } from '#protocol/prompt-names';
import { type Endpoint, endpoint, type Resource } from '../resource.ts';
import { flag, map, nullable, object, oneOf, optional, record, text } from '../schema.ts';
import { settings } from '../settings.ts';
import { promptRenderings } from './prompt-renderings.ts';

const read = ['read:prompts'];
const update = ['update:prompts'];
const scopes = { read, update };

const promptSettingsEndpoints = settings({
  path: '/prompts',
  noun: "prompts' settings",
  scopes,
  store: promptSettings,
  methods: ['PATCH'],
  body: object({
    universal_login_experience: optional(oneOf(['new', 'classic'])),
    identifier_first: optional(nullable(flag({ description: 'Whether people are asked for their name alone first' }))),
    webauthn_platform_first_factor: optional(nullable(flag({ description: "Whether a device's biometrics suffice" }))),
  }),
});

const textsPath = '/prompts/{prompt}/custom-text/{language}';
const textsParams = {
  prompt: oneOf(promptNames, { description: 'Name of the prompt' }),
  language: oneOf(promptLanguages, { description: 'Language' }),
};
const screens = map(map(nullable(text({ maxLength: 10_000 }))), { maxProperties: 100, description: 'By screen' });

const texts: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: textsPath,
    summary: "Read a prompt's sentences that were changed",
    scopes: read,
    params: textsParams,
    run: ({ ctx, params }) => readPromptTexts(ctx, params.prompt, params.language),
  }),
  endpoint({
    method: 'PUT',
    path: textsPath,
    summary: "Change a prompt's sentences",
    scopes: update,
    params: textsParams,
    body: screens,
    run: async ({ ctx, params, body, change }) => {
      change.before = await readPromptTexts(ctx, params.prompt, params.language);
      change.after = await putPromptTexts(ctx, params.prompt, params.language, body as ScreenTexts);
      return change.after;
    },
  }),
];

const partialsPath = '/prompts/{prompt}/partials';
const partialsParams = { prompt: oneOf(promptsWithPartials, { description: 'Name of the prompt' }) };

const partials: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: partialsPath,
    summary: 'Read the pieces that were put into a prompt',
    scopes: read,
    params: partialsParams,
    run: ({ ctx, params }) => readPartials(ctx, params.prompt),
  }),
  endpoint({
    method: 'PUT',
    path: partialsPath,
    summary: 'Put pieces into a prompt',
    scopes: update,
    params: partialsParams,
    body: map(record(), { maxProperties: 100, description: 'By screen, and within it by place' }),
    run: async ({ ctx, params, body, change }) => {
      change.before = await readPartials(ctx, params.prompt);
      change.after = await putPartials(ctx, params.prompt, body);
      return change.after;
    },
  }),
];

export const prompts: Resource = {
  name: 'prompts',
  endpoints: [...promptSettingsEndpoints, ...promptRenderings, ...texts, ...partials],
};
