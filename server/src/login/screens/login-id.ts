// Owns the first screen of a login: which account?
import { type Html, html } from '#http/html';
import { wayOut } from '../components.ts';
import { identifierField, primaryButton } from '../fields.ts';
import { type FormPageView, formPage } from '../form-page.ts';
import { advance, problem, type Screen } from '../screen.ts';

export interface LoginIdView extends FormPageView {
  /** What was typed before, or the request's `login_hint`. */
  readonly username?: string | undefined;
  /** Absent where sign-up is closed. */
  readonly signupHref?: string | undefined;
}

export function renderLoginId(view: LoginIdView): Html {
  const { t } = view;
  const texts = t.loginId;
  return formPage(
    view,
    texts,
    (
      problem,
    ) => html`${identifierField({ name: 'username', label: t.common.email, value: view.username, autocomplete: 'username', problem })}
${primaryButton(t.common.continue)}
${view.signupHref && wayOut(texts.noAccount, texts.signUp, view.signupHref)}`,
  );
}

export const loginId: Screen = {
  name: 'login-id',
  serves: 'authenticate',
  render({ view, stored, connection, hrefOf }, problem) {
    const { identifier, request } = stored.transaction;
    const username = identifier ?? request.login_hint;
    const signupHref = connection.options.disable_signup ? undefined : hrefOf('signup-id');
    return renderLoginId({ ...view, username, signupHref, problem });
  },
  async submit(_visit, form) {
    // Whether there is such an account is told to nobody: the password is asked for in any case.
    const identifier = form.get('username')?.trim().slice(0, 254);
    if (!identifier) return problem({ kind: 'missing-field', field: 'username' });
    return advance({ mode: 'login', identifier });
  },
};
