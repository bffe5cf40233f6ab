// Owns the pages after a decision on what was asked for in another place.
import type { Html } from '#http/html';
import { heading } from '../components.ts';
import { type PageView, page } from '../layout.ts';

export function renderApproved(view: PageView): Html {
  const { title, text } = view.t.approved;
  return page(view, title, heading(title, text));
}

export function renderDenied(view: PageView): Html {
  const { title, text } = view.t.denied;
  return page(view, title, heading(title, text));
}
