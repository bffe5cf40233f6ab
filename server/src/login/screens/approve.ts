// Owns the screen that asks whether to allow what was asked for in another place: on a device, or behind the scenes.

import { addressBlock } from '#domain/attempts';
import { recordConsent } from '#domain/consents';
import type { DecoupledKind, DecoupledRequest } from '#domain/decoupled-requests';
import { anotherAccount } from '#domain/login-flow';
import { type Html, html } from '#http/html';
import type { Catalogue } from '#i18n/en';
import { type DeviceClass, deviceClass } from '#protocol/user-agent';
import { showUserCode } from '#protocol/user-code';
import { accountOf } from '../account.ts';
import { type AccountView, type ApplicationView, accountCard, applicationLinks, heading, pair } from '../components.ts';
import { form, hidden, plainButton, primaryButton, secondaryButton } from '../fields.ts';
import { type PageView, page } from '../layout.ts';
import { type Permissions, permissionGroup, permissionsOf } from '../permissions.ts';
import { advance, type Screen } from '../screen.ts';

/** Where a request came from, as far as the connection told. */
export interface OriginView {
  readonly device: DeviceClass;
  readonly ip: string;
  /** Whether the person's own browser is in the same network. */
  readonly sameNetwork: boolean;
}

export interface ApproveView extends PageView, Permissions {
  readonly state: string;
  readonly kind: DecoupledKind;
  /** The user_id of whom the page speaks: the answer is this person's, and nobody's who signs in meanwhile. */
  readonly asked: string;
  readonly application: ApplicationView;
  readonly account: AccountView;
  /** As the device shows it. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** Of a device: where an application's server stands tells a person nothing. */
  readonly origin?: OriginView | undefined;
  /** Whether the application registered itself: its name could be anybody's (RFC 7591 §5). */
  readonly isUnvetted?: boolean;
}

export function renderApprove(view: ApproveView): Html {
  const { t, application, account, kind, code, message, origin, isUnvetted } = view;
  const texts = t.approve;
  const [title, lede] =
    kind === 'device'
      ? [texts.deviceTitle(application.name), texts.deviceLede]
      : [texts.cibaTitle(application.name), texts.cibaLede];
  return page(
    view,
    title,
    html`${pair(application, account)}
${heading(title, lede)}
${form(
  view.state,
  html`${hidden('asked', view.asked)}
${code && fact(texts.code, html`<p class="account code" translate="no">${code}</p>`)}
${message && fact(texts.message, html`<p class="account"><bdi>${message}</bdi></p>`)}
${origin && fact(texts.origin, originText(origin, t))}
<div class="field"><p class="hint">${t.consent.signedInAs}</p>${accountCard(account)}</div>
${permissionGroup(view, t)}
${isUnvetted && html`<p class="hint">${texts.unvetted}</p>`}
<div class="buttons">${primaryButton(t.consent.accept, 'accept')}${secondaryButton(t.consent.deny, 'deny')}
${kind === 'device' && plainButton(t.selectAccount.other, 'other')}</div>
${applicationLinks(application, t)}`,
)}`,
  );
}

function fact(label: string, content: Html): Html {
  return html`<div class="field"><h2 class="label">${label}</h2>${content}</div>`;
}

function originText({ device, ip, sameNetwork }: OriginView, { approve: texts }: Catalogue): Html {
  return html`<ul class="rules"><li>${texts.devices[device]}</li><li>${texts.address(ip)}</li><li${!sameNetwork && html` class="unmet"`}>${sameNetwork ? texts.sameNetwork : texts.otherNetwork}</li></ul>`;
}

function originOf({ kind, ip, user_agent }: DecoupledRequest, ownIp: string): OriginView | undefined {
  if (kind !== 'device') return undefined;
  return { device: deviceClass(user_agent), ip, sameNetwork: addressBlock(ip) === addressBlock(ownIp) };
}

export const approve: Screen = {
  name: 'approve',
  serves: 'approve',
  render({ view, facts, caller }) {
    const { approval, client, person } = facts;
    if (!approval || !person) return undefined;
    return renderApprove({
      ...view,
      ...permissionsOf(facts),
      kind: approval.kind,
      asked: person.user_id,
      account: accountOf(person),
      code: approval.user_code === undefined ? undefined : showUserCode(approval.user_code),
      message: approval.binding_message,
      origin: originOf(approval, caller.ip),
      isUnvetted: client.registration !== undefined,
    });
  },
  async submit({ ctx, facts, caller }, form) {
    const { person, client, approval } = facts;
    if (!person || form.get('asked') !== person.user_id) return advance({});
    const action = form.get('action');
    if (action === 'other' && approval?.kind === 'device') {
      return advance({ account: anotherAccount, proof: undefined, identifier: undefined });
    }
    if (action !== 'accept') return advance({ denied: true });
    const ids = { user_id: person.user_id, client_id: client.client_id };
    if (!client.is_first_party) await recordConsent(ctx, { ...facts, ...ids });
    ctx.emit({ type: 'gd_consent', client_id: client.client_id, user_id: person.user_id, ip: caller.ip });
    return advance({ consented_by: person.user_id });
  },
};
