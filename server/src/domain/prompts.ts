// Owns what administrators change about the hosted pages' prompts: their words, pieces and way of rendering.
import type { Context } from './context.ts';
import { records, singleton } from './records.ts';

export const promptSettings = singleton('prompts', {
  universal_login_experience: 'new',
  identifier_first: true,
  webauthn_platform_first_factor: false,
});

/** By screen, and within it by the name of the sentence or of the place. */
export type ScreenTexts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** How a screen is rendered. */
export interface Rendering {
  readonly prompt: string;
  readonly screen: string;
  readonly rendering_mode?: 'standard' | 'advanced';
  readonly context_configuration?: readonly string[];
  readonly default_head_tags_disabled?: boolean;
  readonly head_tags?: readonly object[];
  readonly filters?: object;
  readonly use_page_template?: boolean;
}

const texts = records<ScreenTexts>('prompt-texts');
const partials = records<ScreenTexts>('prompt-partials');
export const renderings = records<Rendering>('prompt-renderings');

type Needed = Pick<Context, 'documents'>;
type Kind = typeof texts;

async function read(ctx: Needed, kind: Kind, id: string): Promise<ScreenTexts> {
  return (await kind.find(ctx, id))?.body ?? {};
}

/** Puts texts in the place of what there is; screens without any are left out. */
async function put(ctx: Needed, kind: Kind, id: string, sent: ScreenTexts): Promise<ScreenTexts> {
  const kept = Object.fromEntries(Object.entries(sent).filter(([, members]) => Object.keys(members).length > 0));
  if ((await kind.change(ctx, id, () => kept)) === undefined) await kind.create(ctx, id, kept);
  return kept;
}

/** The sentences of a prompt that were changed, in one language. */
export function readPromptTexts(ctx: Needed, prompt: string, language: string): Promise<ScreenTexts> {
  return read(ctx, texts, `${prompt} ${language}`);
}

export function putPromptTexts(ctx: Needed, prompt: string, language: string, sent: ScreenTexts): Promise<ScreenTexts> {
  return put(ctx, texts, `${prompt} ${language}`, sent);
}

/** The pieces of HTML that were put into a prompt. */
export function readPartials(ctx: Needed, prompt: string): Promise<ScreenTexts> {
  return read(ctx, partials, prompt);
}

export function putPartials(ctx: Needed, prompt: string, sent: ScreenTexts): Promise<ScreenTexts> {
  return put(ctx, partials, prompt, sent);
}

/** How a screen is rendered; the usual way unless it was changed. */
export async function findRendering(ctx: Needed, prompt: string, screen: string): Promise<Rendering> {
  return (await renderings.find(ctx, `${prompt} ${screen}`))?.body ?? { prompt, screen };
}

export async function putRendering(ctx: Needed, rendering: Rendering): Promise<void> {
  const id = `${rendering.prompt} ${rendering.screen}`;
  if ((await renderings.change(ctx, id, () => rendering)) === undefined) await renderings.create(ctx, id, rendering);
}
