// Owns the small drawings inside the pages. They say nothing alone: a text always stands beside them.
import { type Html, html } from '#http/html';

function icon(size: number, drawing: Html): Html {
  return html`<svg width="${size}" height="${size}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${drawing}</svg>`;
}

export const alertIcon = icon(18, html`<circle cx="12" cy="12" r="10"/><path d="M12 7v6M12 17h.01"/>`);

export const checkIcon = icon(20, html`<path d="M5 12.5l4.5 4.5L19 7.5"/>`);

export const eyeIcon = icon(
  22,
  html`<path d="M2 12c2.5-4.5 6-7 10-7s7.5 2.5 10 7c-2.5 4.5-6 7-10 7s-7.5-2.5-10-7z"/><circle cx="12" cy="12" r="3"/><path class="slash" d="M4 4l16 16"/>`,
);

/** The cut of a tally, between two things that belong together. */
export const cutIcon = html`<svg class="cut" viewBox="0 0 20 56" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round" aria-hidden="true" focusable="false"><path d="M14 4v18l-8 12v18"/></svg>`;
