// Owns what every hosted page promises: escaped, free of inline code, labelled, and submitted by its first button.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PasswordRule } from '#domain/password-policy';
import type { Html } from '#http/html';
import { catalogues, type Locale, locales } from '#i18n/locale';
import { assets } from './assets.ts';
import { renderError, renderExpired } from './error-page.ts';
import type { Problem } from './problem.ts';
import { renderActivate } from './screens/activate.ts';
import { renderApprovals } from './screens/approvals.ts';
import { renderApprove } from './screens/approve.ts';
import { renderConsent } from './screens/consent.ts';
import { renderApproved, renderDenied } from './screens/decided.ts';
import { renderLoggedOut } from './screens/logged-out.ts';
import { renderLoginId } from './screens/login-id.ts';
import { renderLoginPassword } from './screens/login-password.ts';
import { renderLogout } from './screens/logout.ts';
import { renderSelectAccount } from './screens/select-account.ts';
import { renderSignupId } from './screens/signup-id.ts';
import { renderSignupPassword } from './screens/signup-password.ts';

/** What stands in every text and behind every address of the pages under test. */
interface Sample {
  readonly locale: Locale;
  readonly text: string;
  readonly address: string;
  readonly problem?: Problem;
}

const rules: readonly PasswordRule[] = [
  { rule: 'min-length', length: 8 },
  { rule: 'character-kinds', kinds: 3 },
  { rule: 'repeated', times: 2 },
  { rule: 'not-personal' },
  { rule: 'lowercase' },
  { rule: 'special' },
  { rule: 'not-sequential' },
  { rule: 'not-listed', words: ['secret'] },
];

function view({ locale, text, address, problem }: Sample) {
  return {
    locale,
    t: catalogues[locale],
    nonce: text,
    tenantName: text,
    languageLinks: [
      { locale: 'en', href: address },
      { locale: 'ja', href: address },
    ] as const,
    privacyUri: address,
    termsUri: address,
    state: text,
    application: { name: text, logoUri: address, policyUri: address, tosUri: address },
    account: { name: text, email: `${text}@example.com`, picture: address },
    backTo: { name: text, uri: address },
    ...(problem && { problem }),
  };
}

const loginId = (s: Sample) => renderLoginId({ ...view(s), username: s.text, signupHref: s.address });
const loginPassword = (s: Sample) => renderLoginPassword({ ...view(s), username: s.text, editHref: s.address });
const signupId = (s: Sample) => renderSignupId({ ...view(s), email: s.text, loginHref: s.address });
const signupPassword = (s: Sample) =>
  renderSignupPassword({ ...view(s), email: s.text, editHref: s.address, loginHref: s.address, rules });

const asked = (s: Sample) => ({
  asked: s.text,
  scopes: ['openid', s.text],
  apis: [{ name: s.text, scopes: [{ value: s.text, description: s.text }, { value: s.text }] }],
});
const approveDevice = (s: Sample) =>
  renderApprove({
    ...view(s),
    ...asked(s),
    kind: 'device',
    code: s.text,
    origin: { device: 'tv', ip: s.text, sameNetwork: false },
  });
const approveCiba = (s: Sample) =>
  renderApprove({
    ...view(s),
    ...asked(s),
    kind: 'ciba',
    isUnvetted: true,
    message: s.text,
    details: [{ type: s.text, amount: { value: s.text }, to: s.text }],
  });
const activate = ({ text, ...s }: Sample) => renderActivate({ ...view({ ...s, text }), code: text });

const forms: Record<string, { render: (sample: Sample) => Html; action: string }> = {
  'login-id': { render: loginId, action: 'default' },
  'login-password': { render: loginPassword, action: 'default' },
  'signup-id': { render: signupId, action: 'default' },
  'signup-password': { render: signupPassword, action: 'default' },
  'select-account': { render: (s) => renderSelectAccount(view(s)), action: 'default' },
  consent: {
    render: (s) =>
      renderConsent({
        ...view(s),
        asked: s.text,
        unvettedHost: s.text,
        scopes: ['openid', 'profile', s.text],
        apis: [{ name: s.text, scopes: [{ value: s.text, description: s.text }, { value: s.text }] }],
      }),
    action: 'accept',
  },
  'approve a device': { render: approveDevice, action: 'accept' },
  'approve behind the scenes': { render: approveCiba, action: 'accept' },
  logout: { render: (s) => renderLogout({ ...view(s), stayHref: s.address }), action: 'logout' },
};

const pages: Record<string, (sample: Sample) => Html> = {
  ...Object.fromEntries(Object.entries(forms).map(([name, { render }]) => [name, render])),
  'login-id, nothing typed': (s) => loginId({ ...s, problem: { kind: 'missing-field', field: 'username' } }),
  'login-password, wrong': (s) => loginPassword({ ...s, problem: { kind: 'wrong-credentials' } }),
  'login-password, busy': (s) => loginPassword({ ...s, problem: { kind: 'too-busy' } }),
  'signup-id, invalid': (s) => signupId({ ...s, problem: { kind: 'invalid-email' } }),
  'signup-password, weak': (s) => signupPassword({ ...s, problem: { kind: 'password-too-weak', unmet: rules } }),
  'signup-password, long': (s) => signupPassword({ ...s, problem: { kind: 'password-too-long', length: 128 } }),
  'signup-password, impossible': (s) => signupPassword({ ...s, problem: { kind: 'signup-impossible' } }),
  activate,
  'activate, wrong': (s) => activate({ ...s, problem: { kind: 'unknown-code' } }),
  'activate, too many': (s) => activate({ ...s, problem: { kind: 'too-many-codes' } }),
  approvals: (s) =>
    renderApprovals({ ...view(s), waiting: [{ application: view(s).application, message: s.text, href: s.address }] }),
  'approvals, none': (s) => renderApprovals({ ...view(s), waiting: [] }),
  approved: (s) => renderApproved(view(s)),
  denied: (s) => renderDenied(view(s)),
  'own logo': (s) => renderLoggedOut({ ...view(s), frames: [], logoUri: s.address }),
  'logged-out': (s) => renderLoggedOut({ ...view(s), frames: [] }),
  'logged-out, with frames': (s) => renderLoggedOut({ ...view(s), frames: [s.address], goOnTo: s.address }),
  expired: (s) => renderExpired(view(s)),
  error: (s) => renderError({ ...view(s), kind: 'request', code: s.text, description: s.text, requestId: s.text }),
};

const plain = (locale: Locale): Sample => ({ locale, text: 'Hana', address: '/u/login?state=s' });

/** The opening tags of a document as attribute maps; an attribute without a value maps to ''. */
function tags(document: string, name = '[a-z0-9]+'): Map<string, string>[] {
  return [...document.matchAll(new RegExp(`<(${name})((?:\\s+[^\\s=>"/]+(?:="[^"]*")?)*)\\s*/?>`, 'g'))].map(
    ([, tag = '', attributes = '']) =>
      new Map([
        ['(tag)', tag],
        ...[...attributes.matchAll(/([^\s=]+)(?:="([^"]*)")?/g)].map(
          ([, key = '', value = '']) => [key, value] as [string, string],
        ),
      ]),
  );
}

for (const [name, render] of Object.entries(pages)) {
  describe(name, () => {
    test('escapes hostile text wherever it stands', () => {
      const hostile = `"'><svg onload=alert(1)>`;
      for (const locale of locales) {
        for (const address of [`/u/${hostile}`, `https://app.example/${hostile}`, hostile]) {
          const { html } = render({ locale, text: hostile, address });
          assert.ok(html.includes('&quot;&#39;&gt;&lt;svg onload=alert(1)&gt;'), 'the text is not there at all');
          assert.ok(!html.includes('<svg onload'));
          assert.ok(!tags(html).some((tag) => tag.has('onload')));
        }
      }
    });

    test('links to nothing but this server and the web', () => {
      for (const address of ['javascript:alert(1)', 'data:text/html,x', ' javascript:alert(1)', '//evil.example']) {
        for (const tag of tags(render({ locale: 'en', text: 'Hana', address }).html)) {
          for (const key of ['href', 'src', 'action', 'formaction']) {
            assert.doesNotMatch(tag.get(key) ?? '', /javascript:|data:|evil/);
          }
        }
      }
    });

    test('runs under a policy without inline style or script', () => {
      const { html } = render(plain('en'));
      assert.doesNotMatch(html, /<style/);
      for (const tag of tags(html)) {
        for (const key of tag.keys()) assert.ok(key !== 'style' && !key.startsWith('on'), `${tag.get('(tag)')} ${key}`);
      }
      const scripts = [...html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)];
      assert.ok(scripts.length > 0);
      for (const [, attributes = '', body] of scripts) {
        assert.match(attributes, / src="\/u\/assets\//);
        assert.match(attributes, / nonce="Hana"/);
        assert.equal(body, '');
      }
    });

    test('loads only files that are served', () => {
      const { html } = render(plain('en'));
      const loaded = [...html.matchAll(/"(\/u\/assets\/[^"]*)"/g)].map(([, path = '']) => path);
      assert.ok(loaded.length >= 3);
      for (const path of loaded) assert.ok(assets.has(path), path);
    });

    test('is one document in its language with one heading and no identifier twice', () => {
      for (const locale of locales) {
        const { html } = render(plain(locale));
        assert.match(html, new RegExp(`^<!doctype html>\n<html lang="${locale}">`));
        assert.equal(tags(html, 'h1').length, 1);
        assert.equal(tags(html, 'main').length, 1);
        assert.doesNotMatch(html, /undefined|\[object/);
        const ids = tags(html).flatMap((tag) => tag.get('id') ?? []);
        assert.deepEqual(ids, [...new Set(ids)]);
      }
    });

    test('gives every input a label and points only at what exists', () => {
      const { html } = render(plain('ja'));
      const all = tags(html);
      const ids = all.flatMap((tag) => tag.get('id') ?? []);
      const labelled = tags(html, 'label').map((label) => label.get('for'));
      for (const input of tags(html, 'input')) {
        if (input.get('type') === 'hidden' || input.has('hidden')) continue;
        assert.ok(labelled.includes(input.get('id')), `${input.get('name')} has no label`);
      }
      for (const tag of all) {
        const targets = [tag.get('for'), tag.get('data-reveals'), ...(tag.get('aria-describedby')?.split(' ') ?? [])];
        for (const target of targets) assert.ok(target === undefined || ids.includes(target), `${target} is nowhere`);
      }
    });
  });
}

for (const [name, { render, action }] of Object.entries(forms)) {
  test(`${name} posts to its own address, carries the state, and Enter presses ${action}`, () => {
    const { html } = render({ ...plain('en'), text: 'tx_1' });
    const [form, ...others] = tags(html, 'form');
    assert.ok(form && others.length === 0);
    assert.equal(form.get('method'), 'post');
    assert.equal(form.has('action'), false);
    assert.ok(tags(html, 'input').some((input) => input.get('name') === 'state' && input.get('value') === 'tx_1'));
    const [first, ...rest] = tags(html, 'button').filter((button) => button.get('type') === 'submit');
    assert.equal(first?.get('name'), 'action');
    assert.equal(first?.get('value'), action);
    assert.ok(first?.get('class')?.includes('primary'));
    for (const button of rest) assert.ok(!button.get('class')?.includes('primary'));
    assert.ok(tags(html, 'button').every((button) => button.has('type')));
  });
}

const fieldProblems: [string, (sample: Sample) => Html, Problem][] = [
  ['username', loginId, { kind: 'missing-field', field: 'username' }],
  ['password', loginPassword, { kind: 'missing-field', field: 'password' }],
  ['password', loginPassword, { kind: 'wrong-credentials' }],
  ['email', signupId, { kind: 'missing-field', field: 'email' }],
  ['email', signupId, { kind: 'invalid-email' }],
  ['password', signupPassword, { kind: 'password-too-weak', unmet: rules.slice(0, 1) }],
  ['password', signupPassword, { kind: 'password-too-long', length: 128 }],
];

for (const [name, render, problem] of fieldProblems) {
  test(`${problem.kind} marks the field ${name}, describes it and leaves the focus there`, () => {
    const { html } = render({ ...plain('en'), problem });
    const field = tags(html, 'input').find((input) => input.get('name') === name && !input.has('hidden'));
    assert.equal(field?.get('aria-invalid'), 'true');
    assert.ok(field?.has('autofocus'));
    const [described = ''] = field?.get('aria-describedby')?.split(' ') ?? [];
    assert.match(html, new RegExp(`id="${described}".*?<(?:p|span)>[A-Z][^<]+\\.<`, 's'));
    assert.match(html, /<title>Error: /);
  });
}

test('a problem of the whole form is an alert that takes the focus', () => {
  for (const kind of ['signup-impossible', 'too-busy'] as const) {
    const { html } = signupPassword({ ...plain('en'), problem: { kind } });
    const alert = tags(html).find((tag) => tag.get('role') === 'alert');
    assert.equal(alert?.get('tabindex'), '-1');
    assert.ok(!tags(html).some((tag) => tag.has('autofocus')));
    assert.ok(!tags(html).some((tag) => tag.get('aria-invalid') === 'true'));
  }
});

test('no field is marked while nothing is wrong', () => {
  for (const render of [loginId, loginPassword, signupId, signupPassword]) {
    const { html } = render(plain('en'));
    assert.ok(!html.includes('aria-invalid="true"') && !html.includes('role="alert"'));
    assert.doesNotMatch(html, /<title>Error: /);
  }
});

test('exactly the unmet password rules are marked', () => {
  const { html } = signupPassword({
    ...plain('en'),
    problem: {
      kind: 'password-too-weak',
      unmet: [
        { rule: 'min-length', length: 8 },
        { rule: 'character-kinds', kinds: 3 },
      ],
    },
  });
  assert.equal(tags(html, 'li').filter((item) => item.get('class') === 'unmet').length, 2);
  assert.match(html, /class="unmet">[\s\S]*?at least 8[\s\S]*?class="unmet">[\s\S]*?at least 3 of/);
});

test('a password manager finds whose password it is', () => {
  const known = (html: string) => tags(html, 'input').find((input) => input.get('autocomplete') === 'username');
  const login = known(loginPassword(plain('en')).html);
  assert.deepEqual([login?.get('name'), login?.get('value'), login?.has('hidden')], ['username', 'Hana', true]);
  const signup = known(signupPassword(plain('en')).html);
  assert.deepEqual([signup?.get('name'), signup?.get('value'), signup?.has('hidden')], ['email', 'Hana', true]);
});

test('consent words the known scopes and shows the others as they are', () => {
  const { html } = renderConsent({
    ...view(plain('en')),
    asked: 'auth0|1',
    scopes: ['offline_access', 'constructor'],
    apis: [{ name: 'Calendar', scopes: [{ value: 'read:events', description: 'Read your events' }, { value: 'x' }] }],
  });
  assert.ok(html.includes('<span>Keep this access while you aren’t using it</span>'));
  assert.ok(html.includes('<code>constructor</code>'));
  assert.ok(html.includes('<span>Read your events</span>') && !html.includes('read:events'));
  assert.ok(html.includes('<code>x</code>'));
});

test('the other language is a link that keeps the state, and the current one is not a link', () => {
  const languageLinks = locales.map((locale) => ({ locale, href: `?state=s&ui_locales=${locale}` }));
  const { html } = renderExpired({ ...view(plain('ja')), languageLinks });
  assert.match(html, /<a href="\?state=s&amp;ui_locales=en" lang="en" hreflang="en">English<\/a>/);
  assert.match(html, /<span lang="ja" aria-current="true">日本語<\/span>/);
});
