// Owns the second screen of a login: the account's password.
import { verifyPassword } from '#domain/passwords';
import { type Html, html } from '#http/html';
import { identifierCard } from '../components.ts';
import { knownIdentifier, passwordField, primaryButton } from '../fields.ts';
import { type FormPageView, formPage } from '../form-page.ts';
import { advance, problem, type Screen } from '../screen.ts';

export interface LoginPasswordView extends FormPageView {
  readonly username: string;
  /** Back to the screen that asked for the account. */
  readonly editHref: string;
}

export function renderLoginPassword(view: LoginPasswordView): Html {
  const { t } = view;
  const texts = t.loginPassword;
  return formPage(
    view,
    texts,
    (problem) => html`${identifierCard(view.username, view.editHref, t)}
${knownIdentifier('username', view.username)}
${passwordField({ t, label: t.common.password, autocomplete: 'current-password', problem })}
${primaryButton(texts.submit)}`,
  );
}

export const loginPassword: Screen = {
  name: 'login-password',
  serves: 'authenticate',
  render({ view, stored, hrefOf }, problem) {
    const username = stored.transaction.identifier;
    if (username === undefined) return undefined;
    return renderLoginPassword({ ...view, username, editHref: hrefOf('login-id'), problem });
  },
  async submit({ ctx, caller, connection, stored }, form) {
    const identifier = stored.transaction.identifier ?? form.get('username');
    if (!identifier) return problem({ kind: 'missing-field', field: 'username' });
    const password = form.get('password');
    if (password === undefined) return problem({ kind: 'missing-field', field: 'password' });
    const { client_id } = stored.transaction.request;
    const event = { client_id, connection: connection.name, ip: caller.ip, user_agent: caller.userAgent };
    const person = await verifyPassword(ctx, connection, identifier, password);
    if (!person) {
      ctx.emit({ type: 'fp', ...event, user_name: identifier });
      return problem({ kind: 'wrong-credentials' });
    }
    ctx.emit({ type: 's', ...event, user_id: person.user_id });
    return advance({
      proof: { ...person, connection: connection.name, methods: ['pwd'], authenticated_at: ctx.now() },
    });
  },
};
