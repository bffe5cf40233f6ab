// Owns forms: what a person types into and presses. Everything works without script.
import { type Html, html } from '#http/html';
import type { Catalogue } from '#i18n/en';
import { alertIcon, eyeIcon } from './icons.ts';
import type { FieldName, ProblemText } from './problem.ts';

const problemId = 'problem';

/** A value that a form sends back as it is. */
export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

/** A form that posts to the page's own address and carries the transaction's state, where there is one. */
export function form(state: string | undefined, content: Html): Html {
  // The browser's own messages would come in the browser's language, and without the page's words.
  return html`<form method="post" class="stack" novalidate>
${state !== undefined && hidden('state', state)}
${content}
</form>`;
}

/** What is wrong with the form as a whole, above its fields. */
export function problemSummary(problem: ProblemText): Html | undefined {
  if (problem.form === undefined) return undefined;
  return html`<div class="problem" id="${problemId}" role="alert" tabindex="-1">${alertIcon}<p>${problem.form}</p></div>`;
}

export interface FieldOptions {
  readonly name: FieldName;
  readonly label: string;
  readonly problem: ProblemText;
  readonly value?: string | undefined;
  readonly hint?: string | undefined;
  readonly autocomplete: string;
}

/** A line of text with its label, hint and error. It takes the focus: a screen asks one thing. */
export function identifierField(options: FieldOptions): Html {
  const { name, label, problem, hint } = options;
  return html`<div class="field">
<label for="${name}">${label}</label>
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
<input type="text" id="${name}" name="${name}" value="${options.value ?? ''}" autocomplete="${options.autocomplete}" inputmode="email" autocapitalize="none" autocorrect="off" spellcheck="false" ${accessibility(name, problem, hint && `${name}-hint`)} required${focus(problem)}>
${errorOf(name, problem)}
</div>`;
}

/** A code of letters that stands on another screen. */
export function codeField({ name, label, problem, hint, value, autocomplete }: FieldOptions): Html {
  return html`<div class="field">
<label for="${name}">${label}</label>
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
<input type="text" class="code" id="${name}" name="${name}" value="${value ?? ''}" autocomplete="${autocomplete}" autocapitalize="characters" autocorrect="off" spellcheck="false" maxlength="30" ${accessibility(name, problem, hint && `${name}-hint`)} required${focus(problem)}>
${errorOf(name, problem)}
</div>`;
}

export interface PasswordFieldOptions {
  readonly t: Catalogue;
  readonly label: string;
  readonly problem: ProblemText;
  readonly autocomplete: 'current-password' | 'new-password';
  /** Stands under the field and describes it, such as the rules for a new password. */
  readonly rules?: Html | undefined;
}

/** A password with a button that reveals it, which appears only where script runs. */
export function passwordField(options: PasswordFieldOptions): Html {
  const { t, label, problem, rules } = options;
  return html`<div class="field">
<label for="password">${label}</label>
<div class="control">
<input type="password" id="password" name="password" autocomplete="${options.autocomplete}" autocapitalize="none" autocorrect="off" spellcheck="false" ${accessibility('password', problem, rules && 'password-rules')} required${focus(problem)}>
<button type="button" class="reveal" data-reveals="password" data-show="${t.common.showPassword}" data-hide="${t.common.hidePassword}" aria-label="${t.common.showPassword}" hidden>${eyeIcon}</button>
</div>
${errorOf('password', problem)}
${rules && html`<div id="password-rules">${rules}</div>`}
</div>`;
}

/** The account's name where it isn't asked for, so that a password manager knows whose password this is. */
export function knownIdentifier(name: FieldName, value: string): Html {
  return html`<input type="text" name="${name}" value="${value}" autocomplete="username" readonly hidden>`;
}

/** The button that Enter presses: it stands first in its form. */
export function primaryButton(label: string, action = 'default'): Html {
  return html`<button type="submit" name="action" value="${action}" class="button primary">${label}</button>`;
}

export function secondaryButton(label: string, action: string): Html {
  return html`<button type="submit" name="action" value="${action}" class="button">${label}</button>`;
}

/** A choice beside the question that the page asks. */
export function plainButton(label: string, action: string): Html {
  return html`<button type="submit" name="action" value="${action}" class="button plain">${label}</button>`;
}

function accessibility(name: FieldName, problem: ProblemText, hintId: string | false | undefined): Html {
  const marked = problem.marks === name;
  const errorId = problem.field !== undefined ? `${name}-error` : problemId;
  const described = [marked && errorId, hintId].filter(Boolean).join(' ');
  return html`aria-invalid="${marked ? 'true' : 'false'}"${described && html` aria-describedby="${described}"`}`;
}

// A problem of the whole form is read first, unless it is this field that has to be typed again.
function focus(problem: ProblemText): Html | undefined {
  return problem.form !== undefined && problem.marks === undefined ? undefined : html` autofocus`;
}

function errorOf(name: FieldName, problem: ProblemText): Html | undefined {
  if (problem.marks !== name || problem.field === undefined) return undefined;
  return html`<p class="error" id="${name}-error">${alertIcon}<span>${problem.field}</span></p>`;
}
