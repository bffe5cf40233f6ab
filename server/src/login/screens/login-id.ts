// Owns the first screen of a login: which account?
import { type Html, html } from '#http/html';
import { type ApplicationView, heading, wayOut } from '../components.ts';
import { form, identifierField, primaryButton, problemSummary } from '../fields.ts';
import { type PageView, page } from '../layout.ts';
import { describeProblem, type Problem } from '../problem.ts';

export interface LoginIdView extends PageView {
  readonly state: string;
  readonly application: ApplicationView;
  /** What was typed before, or the request's `login_hint`. */
  readonly username?: string | undefined;
  /** Absent where sign-up is closed. */
  readonly signupHref?: string | undefined;
  readonly problem?: Problem | undefined;
}

export function renderLoginId(view: LoginIdView): Html {
  const { t } = view;
  const texts = t.loginId;
  const problem = view.problem ? describeProblem(view.problem, t) : {};
  return page(
    view,
    view.problem ? t.common.problemTitle(texts.title) : texts.title,
    html`${heading(texts.title, texts.lede(view.application.name))}
${form(
  view.state,
  html`${problemSummary(problem)}
${identifierField({ name: 'username', label: t.common.email, value: view.username, autocomplete: 'username', problem })}
${primaryButton(t.common.continue)}
${view.signupHref && wayOut(texts.noAccount, texts.signUp, view.signupHref)}`,
)}`,
  );
}
