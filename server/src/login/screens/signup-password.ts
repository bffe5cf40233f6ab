// Owns the second screen of a sign-up: a password, and what it must be like.
import { passwordPolicyOf } from '#domain/connections';
import type { PasswordRule } from '#domain/password-policy';
import { longestPassword, passwordRules } from '#domain/password-policy';
import { signUp } from '#domain/passwords';
import { type Html, html } from '#http/html';
import { identifierCard, wayOut } from '../components.ts';
import { knownIdentifier, passwordField, primaryButton } from '../fields.ts';
import { type FormPageView, formPage } from '../form-page.ts';
import { describeRule } from '../problem.ts';
import { advance, type Outcome, problem, type Screen, type Visit } from '../screen.ts';

export interface SignupPasswordView extends FormPageView {
  readonly email: string;
  /** Back to the screen that asked for the e-mail address. */
  readonly editHref: string;
  /** Offered when the account could not be created. */
  readonly loginHref: string;
  /** What the connection demands of a password; may be empty. */
  readonly rules: readonly PasswordRule[];
}

export function renderSignupPassword(view: SignupPasswordView): Html {
  const { t } = view;
  const texts = t.signupPassword;
  return formPage(
    view,
    texts,
    (problem) => html`${identifierCard(view.email, view.editHref, t)}
${knownIdentifier('email', view.email)}
${passwordField({ t, label: t.common.password, autocomplete: 'new-password', problem, rules: ruleList(view) })}
${primaryButton(texts.submit)}
${view.problem?.kind === 'signup-impossible' && wayOut(undefined, texts.logIn, view.loginHref)}`,
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

async function createAccount(
  { ctx, caller, connection, stored }: Visit,
  email: string,
  password: string,
): Promise<Outcome> {
  const result = await signUp(ctx, connection, email, password);
  const { client_id } = stored.transaction.request;
  const sender = { ip: caller.ip, user_agent: caller.userAgent };
  const event = { client_id, connection: connection.name, user_name: email, ...sender };
  switch (result.outcome) {
    case 'invalid-email':
      return problem({ kind: 'invalid-email' });
    case 'overlong-password':
      return problem({ kind: 'password-too-long', length: longestPassword });
    case 'weak-password':
      return problem({ kind: 'password-too-weak', unmet: result.unmet });
    case 'refused':
      ctx.emit({ type: 'fs', ...event });
      return problem({ kind: 'signup-impossible' });
    case 'created': {
      const { user_id } = result.user;
      ctx.emit({ type: 'ss', ...event, user_id });
      return advance({
        proof: { user_id, connection: connection.name, methods: ['pwd'], authenticated_at: ctx.now() },
      });
    }
  }
}

export const signupPassword: Screen = {
  name: 'signup-password',
  serves: 'authenticate',
  render({ view, stored, connection, hrefOf }, problem) {
    const email = stored.transaction.identifier;
    if (email === undefined) return undefined;
    const rules = passwordRules[passwordPolicyOf(connection)];
    const links = { editHref: hrefOf('signup-id'), loginHref: hrefOf('login-id') };
    return renderSignupPassword({ ...view, email, rules, ...links, problem });
  },
  async submit(visit, form) {
    const email = visit.stored.transaction.identifier ?? form.get('email');
    if (!email) return problem({ kind: 'missing-field', field: 'email' });
    const password = form.get('password');
    if (password === undefined) return problem({ kind: 'missing-field', field: 'password' });
    return createAccount(visit, email, password);
  },
};
