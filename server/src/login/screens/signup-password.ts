// Owns the second screen of a sign-up: a password, and what it must be like.
import { type Html, html } from '#http/html';
import { type ApplicationView, heading, identifierCard, wayOut } from '../components.ts';
import { form, knownIdentifier, passwordField, primaryButton, problemSummary } from '../fields.ts';
import { type PageView, page } from '../layout.ts';
import { describeProblem, describeRule, type PasswordRule, type Problem } from '../problem.ts';

export interface SignupPasswordView extends PageView {
  readonly state: string;
  readonly application: ApplicationView;
  readonly email: string;
  /** Back to the screen that asked for the e-mail address. */
  readonly editHref: string;
  /** Offered when the account could not be created. */
  readonly loginHref: string;
  /** What the connection demands of a password; may be empty. */
  readonly rules: readonly PasswordRule[];
  readonly problem?: Problem | undefined;
}

export function renderSignupPassword(view: SignupPasswordView): Html {
  const { t } = view;
  const texts = t.signupPassword;
  const problem = view.problem ? describeProblem(view.problem, t) : {};
  return page(
    view,
    view.problem ? t.common.problemTitle(texts.title) : texts.title,
    html`${heading(texts.title, texts.lede(view.application.name))}
${form(
  view.state,
  html`${problemSummary(problem)}
${identifierCard(view.email, view.editHref, t)}
${knownIdentifier('email', view.email)}
${passwordField({ t, label: t.common.password, autocomplete: 'new-password', problem, rules: ruleList(view) })}
${primaryButton(texts.submit)}
${view.problem?.kind === 'signup-impossible' && wayOut(undefined, texts.logIn, view.loginHref)}`,
)}`,
  );
}

function ruleList({ t, rules, problem }: SignupPasswordView): Html | undefined {
  if (rules.length === 0) return undefined;
  const unmet = problem?.kind === 'password-too-weak' ? problem.unmet.map(({ rule }) => rule) : [];
  return html`<p class="hint">${t.passwordRules.title}</p>
<ul class="rules">${rules.map((rule) => {
    if (!unmet.includes(rule.rule)) return html`<li>${describeRule(rule, t)}</li>`;
    return html`<li class="unmet"><span><span class="offscreen">${t.passwordRules.unmet} </span>${describeRule(rule, t)}</span></li>`;
  })}</ul>`;
}
