// Owns /api/v2/branding/themes: every line and color of the pages.
import { randomAlphanumeric } from '#crypto/random';
import { type Theme, themes } from '#domain/branding';
import type { Context } from '#domain/context';
import { ApiError } from '#protocol/api-error';
import { type Collection, collection } from '../collection.ts';
import type { Endpoint } from '../resource.ts';
import { flag, number, object, oneOf, optional, patchOf, text } from '../schema.ts';

const color = text({ pattern: '^#(?:[\\da-fA-F]{3}|[\\da-fA-F]{6}|[\\da-fA-F]{8})$|^$', description: '#rrggbb' });
const pixels = number({ minimum: 0, maximum: 200, description: 'Pixels' });
const percent = number({ minimum: 0, maximum: 200, description: 'Percent' });
const corners = oneOf(['pill', 'rounded', 'sharp']);
const font = object({ bold: flag(), size: percent });

const create = object({
  displayName: optional(text({ maxLength: 2048, description: 'Name of the theme' })),
  borders: object({
    button_border_radius: pixels,
    button_border_weight: pixels,
    buttons_style: corners,
    input_border_radius: pixels,
    input_border_weight: pixels,
    inputs_style: corners,
    show_widget_shadow: flag(),
    widget_border_weight: pixels,
    widget_corner_radius: pixels,
  }),
  colors: object({
    base_focus_color: optional(color),
    base_hover_color: optional(color),
    body_text: color,
    captcha_widget_theme: optional(oneOf(['auto', 'dark', 'light'])),
    error: color,
    header: color,
    icons: color,
    input_background: color,
    input_border: color,
    input_filled_text: color,
    input_labels_placeholders: color,
    links_focused_components: color,
    primary_button: color,
    primary_button_label: color,
    read_only_background: optional(color),
    secondary_button_border: color,
    secondary_button_label: color,
    success: color,
    widget_background: color,
    widget_border: color,
  }),
  fonts: object({
    body_text: font,
    buttons_text: font,
    font_url: text({ maxLength: 2048 }),
    input_labels: font,
    links: font,
    links_style: oneOf(['normal', 'underlined']),
    reference_text_size: number({ minimum: 12, maximum: 24, description: 'Pixels' }),
    subtitle: font,
    title: font,
  }),
  identifiers: optional(
    object({
      login_display: oneOf(['separate', 'unified']),
      otp_autocomplete: flag(),
      phone_display: object({
        formatting: oneOf(['international', 'regional']),
        masking: oneOf(['hide_country_code', 'mask_digits', 'show_all']),
      }),
    }),
  ),
  page_background: object({
    background_color: color,
    background_image_url: text({ maxLength: 2048 }),
    page_layout: oneOf(['center', 'left', 'right']),
  }),
  widget: object({
    header_text_alignment: oneOf(['center', 'left', 'right']),
    logo_height: number({ minimum: 1, maximum: 100, description: 'Pixels' }),
    logo_position: oneOf(['center', 'left', 'none', 'right']),
    logo_url: text({ maxLength: 2048 }),
    social_buttons_layout: oneOf(['bottom', 'top']),
  }),
});

const shownIdentifiers: Theme['identifiers'] = {
  login_display: 'unified',
  otp_autocomplete: true,
  phone_display: { masking: 'mask_digits', formatting: 'international' },
};

const missing = (what: 'retrieving' | 'deleting') =>
  new ApiError(404, `There was an error ${what} branding settings: invalid theme ID`, 'theme_not_found');

const declaration: Collection<Theme> = {
  path: '/branding/themes',
  noun: 'theme',
  scope: {
    read: ['read:branding'],
    create: ['update:branding'],
    update: ['update:branding'],
    delete: ['delete:branding'],
  },
  records: themes,
  param: 'themeId',
  create,
  update: patchOf(create),
  idOf: ({ themeId }) => themeId,
  idName: 'themeId',
  fresh: (_call, body) => {
    const sent = body as unknown as Omit<Theme, 'themeId'>;
    const colors = { captcha_widget_theme: 'auto', ...sent.colors };
    return {
      themeId: randomAlphanumeric(32),
      ...sent,
      colors,
      identifiers: sent.identifiers ?? shownIdentifiers,
    };
  },
  find: (ctx: Context, id: string) => (id === 'default' ? themes.findByName(ctx, id) : themes.find(ctx, id)),
  missing: () => missing('retrieving'),
  missingAtDelete: () => missing('deleting'),
  taken: () => new ApiError(409, 'There is a theme already.', 'theme_already_exists'),
  strictDelete: true,
  statuses: { create: 200 },
  verbs: { create: true, read: true, update: true, remove: true },
};

export const brandingThemes: readonly Endpoint[] = collection(declaration);
