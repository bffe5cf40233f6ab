// Owns what tests of dynamic registration have in common: a tenant that takes registrations, and their requests.
import assert from 'node:assert/strict';
import { changeTenantSettings, type TenantSettings } from '#domain/tenant-settings';
import { type TestTenant, testCallback } from './tenant.ts';

export type Members = Readonly<Record<string, unknown>>;

export interface RegistrationAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, string>>;
}

export const openRegistration = (tenant: TestTenant, settings: Partial<TenantSettings> = {}) =>
  changeTenantSettings(tenant.ctx, { flags: { enable_dynamic_client_registration: true }, ...settings });

async function send(
  tenant: TestTenant,
  method: 'POST' | 'PUT',
  url: string,
  payload: Members,
  token?: string,
): Promise<RegistrationAnswer> {
  const { host } = new URL(tenant.ctx.issuer);
  const headers = { host, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const response = await tenant.app.inject({ method, url, headers, payload });
  return { status: response.statusCode, headers: response.headers, body: response.json() };
}

/** Registers an application that comes back to the usual callback. */
export function register(tenant: TestTenant, members: Members = {}, token?: string): Promise<RegistrationAnswer> {
  return send(tenant, 'POST', '/oidc/register', { redirect_uris: [testCallback], ...members }, token);
}

/** Registers other things of an application in place of those that it was registered with. */
export function registerAnew(
  tenant: TestTenant,
  { client_id = '', registration_access_token }: RegistrationAnswer['body'],
  members: Members,
): Promise<RegistrationAnswer> {
  const payload = { redirect_uris: [testCallback], ...members, client_id };
  return send(tenant, 'PUT', `/oidc/register/${client_id}`, payload, registration_access_token);
}

export async function registered(tenant: TestTenant, members: Members = {}): Promise<RegistrationAnswer['body']> {
  const { status, body } = await register(tenant, members);
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}

export function assertUnregistrable({ status, body }: RegistrationAnswer, said: RegExp): void {
  assert.deepEqual([status, body['error']], [400, 'invalid_client_metadata'], JSON.stringify(body));
  assert.match(String(body['error_description']), said);
}
