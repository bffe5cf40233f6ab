// Owns the first screen of a sign-up: the new account's e-mail address.
import { canonicalEmail } from '#domain/email-address';
import { type Html, html } from '#http/html';
import { wayOut } from '../components.ts';
import { identifierField, primaryButton } from '../fields.ts';
import { type FormPageView, formPage } from '../form-page.ts';
import { advance, problem, type Screen } from '../screen.ts';

export interface SignupIdView extends FormPageView {
  /** What was typed before, or the request's `login_hint`. */
  readonly email?: string | undefined;
  readonly loginHref: string;
}

export function renderSignupId(view: SignupIdView): Html {
  const { t } = view;
  const texts = t.signupId;
  return formPage(
    view,
    texts,
    (
      problem,
    ) => html`${identifierField({ name: 'email', label: t.common.email, value: view.email, autocomplete: 'email', problem })}
${primaryButton(t.common.continue)}
${wayOut(texts.haveAccount, texts.logIn, view.loginHref)}`,
  );
}

export const signupId: Screen = {
  name: 'signup-id',
  serves: 'authenticate',
  render({ view, stored, hrefOf }, problem) {
    const { identifier, request } = stored.transaction;
    return renderSignupId({ ...view, email: identifier ?? request.login_hint, loginHref: hrefOf('login-id'), problem });
  },
  async submit(_visit, form) {
    const address = form.get('email');
    if (address === undefined) return problem({ kind: 'missing-field', field: 'email' });
    const email = canonicalEmail(address);
    if (email === undefined) return problem({ kind: 'invalid-email' });
    return advance({ mode: 'signup', identifier: email });
  },
};
