// Owns the life of how pages and messages look: colours, a theme, the page around the pages, and what phones are sent.
import assert from 'node:assert/strict';
import type { ManagementClient } from 'auth0';
import { isMissing, type Life } from '../life.ts';

const plain = { bold: false, size: 100 };

const theme = {
  displayName: 'Evening',
  borders: {
    button_border_radius: 3,
    button_border_weight: 1,
    buttons_style: 'rounded',
    input_border_radius: 3,
    input_border_weight: 1,
    inputs_style: 'rounded',
    show_widget_shadow: true,
    widget_border_weight: 0,
    widget_corner_radius: 5,
  },
  colors: {
    body_text: '#1e212a',
    error: '#d03c38',
    header: '#1e212a',
    icons: '#65676e',
    input_background: '#ffffff',
    input_border: '#c9cace',
    input_filled_text: '#000000',
    input_labels_placeholders: '#65676e',
    links_focused_components: '#635dff',
    primary_button: '#635dff',
    primary_button_label: '#ffffff',
    secondary_button_border: '#c9cace',
    secondary_button_label: '#1e212a',
    success: '#13a688',
    widget_background: '#ffffff',
    widget_border: '#c9cace',
  },
  fonts: {
    body_text: plain,
    buttons_text: plain,
    font_url: '',
    input_labels: plain,
    links: plain,
    links_style: 'normal',
    reference_text_size: 16,
    subtitle: plain,
    title: plain,
  },
  page_background: { background_color: '#000000', background_image_url: '', page_layout: 'center' },
  widget: {
    header_text_alignment: 'center',
    logo_height: 52,
    logo_position: 'center',
    logo_url: '',
    social_buttons_layout: 'bottom',
  },
} as const;

async function liveWithThemes(auth0: ManagementClient): Promise<void> {
  const { themes } = auth0.branding;
  const { themeId } = await themes.create(theme);
  assert.equal((await themes.getDefault()).themeId, themeId);
  await themes.update(themeId, { ...theme, displayName: 'Night' });
  const { displayName, colors } = await themes.get(themeId);
  assert.deepEqual([displayName, colors.primary_button], ['Night', '#635dff']);
  await themes.delete(themeId);
  await assert.rejects(themes.get(themeId), isMissing);
}

async function liveWithPhone(auth0: ManagementClient): Promise<void> {
  const { providers, templates } = auth0.branding.phone;
  const made = await providers.create({
    name: 'twilio',
    configuration: { sid: 'AC0123456789', default_from: '+15550100', delivery_methods: ['text'] },
    credentials: { auth_token: 'the-token-of-twilio' },
  });
  const provider = made.id ?? '';
  assert.ok(!JSON.stringify(await providers.get(provider)).includes('the-token-of-twilio'));
  assert.equal((await providers.update(provider, { disabled: true })).disabled, true);
  assert.deepEqual(
    (await providers.list()).providers?.map(({ id }) => id),
    [provider],
  );
  const { id = '' } = await templates.create({ type: 'otp_verify' });
  await templates.update(id, { content: { from: '+15550100', body: { text: 'Your code: {{ code }}' } } });
  assert.equal((await templates.get(id)).content?.from, '+15550100');
  assert.notEqual((await templates.reset(id)).content?.body?.text, 'Your code: {{ code }}');
  await templates.delete(id);
  await providers.delete(provider);
  await assert.rejects(providers.get(provider), isMissing);
}

export const branding: Life = {
  resource: 'branding',
  async live(auth0) {
    const before = await auth0.branding.get();
    await auth0.branding.update({ colors: { primary: '#0059d6' }, logo_url: 'https://example.com/logo.png' });
    assert.equal((await auth0.branding.get()).colors?.primary, '#0059d6');
    await auth0.branding.update({ colors: before.colors ?? null, logo_url: before.logo_url ?? null });

    const { templates } = auth0.branding;
    const page = '<!DOCTYPE html><html><head>{%- auth0:head -%}</head><body>{%- auth0:widget -%}</body></html>';
    await templates.updateUniversalLogin(page);
    assert.deepEqual(await templates.getUniversalLogin(), { body: page });
    await templates.deleteUniversalLogin();
    await assert.rejects(templates.getUniversalLogin(), isMissing);
    await liveWithThemes(auth0);
    await liveWithPhone(auth0);
  },
};
