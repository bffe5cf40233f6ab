// Owns /api/v2/guardian/enrollments: the devices by which people prove themselves, and tickets to enroll one.
import { type AuthenticationMethod, findDevice, removeMethod } from '#domain/authentication-methods';
import { issueTicket, mfaEnrollment } from '#domain/tickets';
import { findUser } from '#domain/users';
import { ApiError } from '#protocol/api-error';
import { type Call, type Endpoint, endpoint } from '../resource.ts';
import { flag, object, oneOf, optional, text } from '../schema.ts';
import { shownEnrollment } from './user-authentication-methods.ts';

const path = '/guardian/enrollments/{id}';

const id = text({
  pattern:
    '^((totp|sms|voice|push|phone|email|recovery-code|passkey|webauthn-roaming|webauthn-platform)\\|)?dev_[\\w-]+$',
  maxLength: 100,
  description: 'ID of the enrollment',
});

async function enrollmentOf({ ctx, params }: Call): Promise<AuthenticationMethod> {
  const found = await findDevice(ctx, params.id);
  if (!found) throw new ApiError(404, 'Enrollment not found', 'enrollment_not_found');
  return found;
}

const factors = ['push-notification', 'phone', 'email', 'otp', 'webauthn-roaming', 'webauthn-platform'] as const;

export const guardianEnrollments: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path,
    summary: 'Read the enrollment of a device',
    scopes: ['read:guardian_enrollments'],
    params: { id },
    run: async (call) => shownEnrollment(await enrollmentOf(call)),
  }),
  endpoint({
    method: 'DELETE',
    path,
    summary: 'Take a device from its person',
    scopes: ['delete:guardian_enrollments'],
    params: { id },
    run: async (call) => {
      const { user_id, id } = await enrollmentOf(call);
      await removeMethod(call.ctx, user_id, id);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/guardian/enrollments/ticket',
    summary: 'Make a ticket by which a person enrolls a device',
    scopes: ['create:guardian_enrollment_tickets'],
    body: object({
      user_id: text({ minLength: 1, maxLength: 600, description: 'For whom it is' }),
      email: optional(text({ format: 'email', description: "Where it is sent, if not to the person's own address" })),
      send_mail: optional(flag({ description: 'Whether it is sent' })),
      email_locale: optional(text({ maxLength: 20, description: 'In which language it is sent' })),
      factor: optional(oneOf(factors, { description: 'What is enrolled; undefined: the person chooses' })),
      allow_multiple_enrollments: optional(flag({ description: 'Whether there may be several of a kind' })),
    }),
    status: 200,
    run: async ({ ctx, body: { user_id, send_mail, factor, allow_multiple_enrollments } }) => {
      if (!(await findUser(ctx, user_id))) throw new ApiError(404, 'The user does not exist.', 'inexistent_user');
      if (send_mail) throw new ApiError(501, 'This server sends no e-mail: hand the ticket_url to the person.');
      const { link, token } = await issueTicket(ctx, mfaEnrollment, { user_id, factor, allow_multiple_enrollments });
      return { ticket_id: token, ticket_url: link };
    },
  }),
];
