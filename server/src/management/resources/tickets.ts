// Owns /api/v2/tickets: addresses for one person, that verify an e-mail address or set a new password, once.
import { findConnectionById } from '#domain/connections';
import type { Context } from '#domain/context';
import { canonicalEmail } from '#domain/email-address';
import { emailVerification, issueTicket, passwordChange } from '#domain/tickets';
import { findUserByEmail } from '#domain/users';
import { ApiError, invalidBody } from '#protocol/api-error';
import { type Call, endpoint, type Resource } from '../resource.ts';
import { flag, integer, object, optional, type TypeOf, text } from '../schema.ts';
import {
  checkAudience,
  clientId,
  connectionId,
  identity,
  meantIdentity,
  organizationId,
  userId,
} from './ticket-people.ts';

const scopes = ['create:user_tickets'];

const members = {
  result_url: optional(text({ format: 'uri', maxLength: 2000, description: 'URL to go to afterwards' })),
  client_id: optional(clientId),
  organization_id: optional(organizationId),
  ttl_sec: optional(integer({ minimum: 0, description: 'Seconds until the ticket expires; 0 for five days' })),
  includeEmailInRedirect: optional(flag({ description: 'Whether the URL is told the e-mail address' })),
  identity: optional(identity),
};

const verificationBody = object({ user_id: userId, ...members });

const unsupported = "The user's main connection does not support this operation.";

async function verifyEmail({ ctx, body }: Call<unknown, unknown, TypeOf<typeof verificationBody>>): Promise<object> {
  const { identity: asked, ttl_sec, ...payload } = body;
  const { provider, email } = await meantIdentity(ctx, body.user_id, asked);
  if (provider !== 'auth0') throw new ApiError(400, unsupported);
  if (email === null) throw new ApiError(400, 'The user does not have an email address.');
  await checkAudience(ctx, body.user_id, body);
  return { ticket: (await issueTicket(ctx, emailVerification, { ...payload, email }, ttl_sec)).link };
}

const passwordBody = object({
  user_id: optional(userId),
  ...members,
  connection_id: optional(connectionId),
  email: optional(text({ format: 'email', description: "The user's e-mail address, within the connection" })),
  mark_email_as_verified: optional(flag({ description: 'Whether using the ticket verifies the e-mail address' })),
});

type PasswordBody = TypeOf<typeof passwordBody>;

/** Of the person by their id, or by their address in a connection. Throws ApiError. */
async function userIdOf(ctx: Context, { user_id, connection_id, email }: PasswordBody): Promise<string> {
  if (user_id !== undefined) return user_id;
  if (email === undefined) throw invalidBody("Payload validation error: 'Missing required property: user_id'.");
  if (connection_id === undefined)
    throw invalidBody("Payload validation error: 'Missing required property: connection_id'.");
  const connection = await findConnectionById(ctx, connection_id);
  if (!connection) throw new ApiError(400, `The connection with id ${connection_id} does not exist.`);
  const address = canonicalEmail(email);
  const user = address === undefined ? undefined : await findUserByEmail(ctx, connection, address);
  if (!user) throw new ApiError(404, 'The user does not exist.', 'inexistent_user');
  return user.user_id;
}

async function changePassword({ ctx, body }: Call<unknown, unknown, PasswordBody>): Promise<object> {
  const { identity: asked, ttl_sec, connection_id: _connection, email: _email, ...rest } = body;
  const user_id = await userIdOf(ctx, body);
  const { identity_id, connection, provider } = await meantIdentity(ctx, user_id, asked);
  if (provider !== 'auth0') throw new ApiError(400, unsupported);
  await checkAudience(ctx, user_id, body);
  const payload = { ...rest, user_id, identity_id, connection };
  return { ticket: (await issueTicket(ctx, passwordChange, payload, ttl_sec)).link };
}

export const tickets: Resource = {
  name: 'tickets',
  endpoints: [
    endpoint({
      method: 'POST',
      path: '/tickets/email-verification',
      summary: 'Make a ticket that verifies an e-mail address',
      scopes,
      body: verificationBody,
      run: verifyEmail,
    }),
    endpoint({
      method: 'POST',
      path: '/tickets/password-change',
      summary: 'Make a ticket that sets a new password',
      scopes,
      body: passwordBody,
      run: changePassword,
    }),
  ],
};
