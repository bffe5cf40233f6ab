// Owns the list of the Authentication API's endpoints.
import { authorize } from './authorize.ts';
import { authorizeResume } from './authorize-resume.ts';
import { bcAuthorize } from './bc-authorize.ts';
import { checkSession } from './check-session.ts';
import { deviceCode } from './device-code.ts';
import { discovery } from './discovery.ts';
import { gatewayVerify } from './gateway-verify.ts';
import { introspect } from './introspect.ts';
import { jwks } from './jwks.ts';
import { logout } from './logout.ts';
import { oidcLogout } from './oidc-logout.ts';
import { preflight } from './origins.ts';
import { par } from './par.ts';
import { registration } from './register.ts';
import { revocationFeed } from './revocation-feed.ts';
import { revocationStream } from './revocation-stream.ts';
import { revoke } from './revoke.ts';
import type { Route } from './route.ts';
import { ssfConfiguration } from './ssf-configuration.ts';
import { ssfPoll } from './ssf-poll.ts';
import { ssfStreams } from './ssf-streams.ts';
import { statusList, statusLists } from './status-list.ts';
import { token } from './token.ts';
import { userinfo } from './userinfo.ts';

const page = { refusals: 'page' } as const;
const ready = { readOnly: true } as const;
/** A gateway passes on the host that it was called by, or none of ours. */
const gateway = { readOnly: true, anyHost: true } as const;
const anyMethod = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

export const routes: readonly Route[] = [
  { method: ['GET', 'POST'], url: '/authorize', handler: authorize, config: page },
  { method: 'GET', url: '/authorize/resume', handler: authorizeResume, config: page },
  { method: 'POST', url: '/oauth/token', handler: token },
  { method: 'OPTIONS', url: '/oauth/token', handler: preflight('POST') },
  { method: 'POST', url: '/oauth/par', handler: par },
  { method: 'OPTIONS', url: '/oauth/par', handler: preflight('POST') },
  { method: 'POST', url: '/oauth/device/code', handler: deviceCode },
  { method: 'POST', url: '/bc-authorize', handler: bcAuthorize },
  { method: 'POST', url: '/oauth/revoke', handler: revoke },
  { method: 'OPTIONS', url: '/oauth/revoke', handler: preflight('POST') },
  { method: 'POST', url: '/oauth/introspect', handler: introspect },
  { method: ['GET', 'POST'], url: '/userinfo', handler: userinfo },
  { method: 'OPTIONS', url: '/userinfo', handler: preflight('GET, POST') },
  { method: 'POST', url: '/oidc/register', handler: registration.register },
  { method: 'GET', url: '/oidc/register/:client_id', handler: registration.read },
  { method: 'PUT', url: '/oidc/register/:client_id', handler: registration.replace },
  { method: 'DELETE', url: '/oidc/register/:client_id', handler: registration.remove },
  { method: 'GET', url: '/.well-known/ssf-configuration', handler: ssfConfiguration },
  { method: 'POST', url: '/ssf/streams', handler: ssfStreams.create },
  { method: 'GET', url: '/ssf/streams', handler: ssfStreams.read },
  { method: 'PATCH', url: '/ssf/streams', handler: ssfStreams.update },
  { method: 'PUT', url: '/ssf/streams', handler: ssfStreams.replace },
  { method: 'DELETE', url: '/ssf/streams', handler: ssfStreams.remove },
  { method: 'GET', url: '/ssf/status', handler: ssfStreams.readStatus },
  { method: 'POST', url: '/ssf/status', handler: ssfStreams.setStatus },
  { method: 'POST', url: '/ssf/subjects/add', handler: ssfStreams.addSubject },
  { method: 'POST', url: '/ssf/subjects/remove', handler: ssfStreams.removeSubject },
  { method: 'POST', url: '/ssf/verify', handler: ssfStreams.verify },
  { method: 'POST', url: '/ssf/poll', handler: ssfPoll },
  { method: 'GET', url: '/v2/logout', handler: logout, config: page },
  { method: ['GET', 'POST'], url: '/oidc/logout', handler: oidcLogout, config: page },
  { method: 'GET', url: '/session/check', handler: checkSession, config: page },
  { method: 'GET', url: '/gateway/verify', handler: gatewayVerify, config: gateway },
  { method: [...anyMethod], url: '/gateway/verify/*', handler: gatewayVerify, config: gateway },
  { method: 'GET', url: '/status-lists', handler: statusLists, config: ready },
  { method: 'GET', url: '/status-lists/:list', handler: statusList, config: ready },
  { method: 'GET', url: '/revocations', handler: revocationFeed, config: ready },
  { method: 'GET', url: '/revocations/stream', handler: revocationStream, config: ready },
  { method: 'GET', url: '/.well-known/openid-configuration', handler: discovery, config: ready },
  { method: 'GET', url: '/.well-known/oauth-authorization-server', handler: discovery, config: ready },
  { method: 'GET', url: '/.well-known/jwks.json', handler: jwks, config: ready },
];
