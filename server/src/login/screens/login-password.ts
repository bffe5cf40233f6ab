// Owns the second screen of a login: the account's password.
import { type Html, html } from '#http/html';
import { type ApplicationView, heading, identifierCard } from '../components.ts';
import { form, knownIdentifier, passwordField, primaryButton, problemSummary } from '../fields.ts';
import { type PageView, page } from '../layout.ts';
import { describeProblem, type Problem } from '../problem.ts';

export interface LoginPasswordView extends PageView {
  readonly state: string;
  readonly application: ApplicationView;
  readonly username: string;
  /** Back to the screen that asked for the account. */
  readonly editHref: string;
  readonly problem?: Problem | undefined;
}

export function renderLoginPassword(view: LoginPasswordView): Html {
  const { t } = view;
  const texts = t.loginPassword;
  const problem = view.problem ? describeProblem(view.problem, t) : {};
  return page(
    view,
    view.problem ? t.common.problemTitle(texts.title) : texts.title,
    html`${heading(texts.title, texts.lede(view.application.name))}
${form(
  view.state,
  html`${problemSummary(problem)}
${identifierCard(view.username, view.editHref, t)}
${knownIdentifier('username', view.username)}
${passwordField({ t, label: t.common.password, autocomplete: 'current-password', problem })}
${primaryButton(texts.submit)}`,
)}`,
  );
}
