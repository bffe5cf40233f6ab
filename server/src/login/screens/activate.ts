// Owns the screen where the code is typed that a device shows (RFC 8628 §3.3).
import { type Html, html } from '#http/html';
import { heading } from '../components.ts';
import { codeField, form, primaryButton, problemSummary } from '../fields.ts';
import { type PageView, page } from '../layout.ts';
import { describeProblem, type Problem } from '../problem.ts';

export interface ActivateView extends PageView {
  /** What was typed before, or came with the address. */
  readonly code?: string | undefined;
  readonly problem?: Problem | undefined;
}

export function renderActivate(view: ActivateView): Html {
  const { t, code, problem } = view;
  const texts = t.activate;
  const inWords = problem ? describeProblem(problem, t) : {};
  const field = { name: 'user_code', label: texts.code, hint: texts.hint, value: code, autocomplete: 'off' } as const;
  return page(
    view,
    problem ? t.common.problemTitle(texts.title) : texts.title,
    html`${heading(texts.title, texts.lede)}
${form(
  undefined,
  html`${problemSummary(inWords)}
${codeField({ ...field, problem: inWords })}
${primaryButton(t.common.continue)}`,
)}`,
  );
}
