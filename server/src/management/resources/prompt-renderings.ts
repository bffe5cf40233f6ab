// Owns how the hosted pages' screens are rendered: by us, or by administrators' own code.
import type { Context } from '#domain/context';
import { findRendering, putRendering, type Rendering, renderings } from '#domain/prompts';
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import { promptNames, screenNames } from '#protocol/prompt-names';
import { pageOf } from '../paging.ts';
import { type Endpoint, endpoint, listing } from '../resource.ts';
import { flag, list, nullable, object, oneOf, optional, record, text } from '../schema.ts';

const path = '/prompts/{prompt}/screen/{screen}/rendering';
const prompt = oneOf(promptNames, { description: 'Name of the prompt' });
const screen = oneOf(screenNames, { description: 'Name of the screen' });
const mode = oneOf(['standard', 'advanced'], { description: 'Who renders it' });
const read = ['read:prompts'];
const update = ['update:prompts'];

const members = {
  rendering_mode: optional(mode),
  context_configuration: optional(nullable(list(text({ maxLength: 300 }), { description: 'What the code is told' }))),
  default_head_tags_disabled: optional(nullable(flag())),
  use_page_template: optional(nullable(flag())),
  head_tags: optional(nullable(list(record(), { maxItems: 100, description: 'What stands in the head' }))),
  filters: optional(nullable(record({ description: 'For whom it is so' }))),
};

function shown(rendering: Rendering): Rendering {
  return {
    ...rendering,
    rendering_mode: rendering.rendering_mode ?? 'standard',
    context_configuration: rendering.context_configuration ?? [],
    default_head_tags_disabled: rendering.default_head_tags_disabled ?? false,
    head_tags: rendering.head_tags ?? [],
  };
}

async function change(ctx: Context, name: Pick<Rendering, 'prompt' | 'screen'>, patch: JsonObject): Promise<void> {
  const before = await findRendering(ctx, name.prompt, name.screen);
  const after = mergePatch(before as unknown as JsonObject, patch, ['filters']) as unknown as Rendering;
  await putRendering(ctx, { ...after, ...name });
}

export const promptRenderings: readonly Endpoint[] = [
  listing({
    path: '/prompts/rendering',
    summary: 'List the screens whose rendering was changed',
    scopes: read,
    key: 'configs',
    fields: true,
    query: { prompt: optional(prompt), screen: optional(screen), rendering_mode: optional(mode) },
    page: async ({ ctx, query }, window) => {
      const all = (await renderings.list(ctx)).map(({ body }) => shown(body));
      const wanted = all.filter((rendering) =>
        (['prompt', 'screen', 'rendering_mode'] as const).every(
          (name) => (query[name] ?? rendering[name]) === rendering[name],
        ),
      );
      return pageOf(wanted, window, (rendering) => `${rendering.prompt} ${rendering.screen}`);
    },
  }),
  endpoint({
    method: 'PATCH',
    path: '/prompts/rendering',
    summary: 'Change the rendering of several screens',
    scopes: update,
    body: object({ configs: list(object({ prompt, screen, ...members }), { minItems: 1, maxItems: 20 }) }),
    run: async ({ ctx, body }) => {
      for (const config of body.configs) await change(ctx, config, config as JsonObject);
      return body;
    },
  }),
  endpoint({
    method: 'GET',
    path,
    summary: 'Read how a screen is rendered',
    scopes: read,
    params: { prompt, screen },
    run: async ({ ctx, params }) => ({
      tenant: new URL(ctx.issuer).host,
      ...shown(await findRendering(ctx, params.prompt, params.screen)),
    }),
  }),
  endpoint({
    method: 'PATCH',
    path,
    summary: 'Change how a screen is rendered',
    scopes: update,
    params: { prompt, screen },
    body: object(members),
    run: async ({ ctx, params, body }) => {
      await change(ctx, { prompt: params.prompt, screen: params.screen }, body as JsonObject);
      return body;
    },
  }),
];
