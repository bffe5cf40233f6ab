// Owns the shapes in which connections are enabled for an organization.
import { flag, nullable, object, oneOf, optional, text } from '../schema.ts';

const connectionId = text({ maxLength: 64, description: 'ID of the connection' });

const settings = {
  assign_membership_on_login: optional(flag({ description: 'Whether who signs in by it becomes a member' })),
  show_as_button: optional(flag({ description: "Whether it is offered on the organization's login page" })),
  is_signup_enabled: optional(flag({ description: 'Whether people may sign up for the organization by it' })),
};

export const enabledConnection = object({ connection_id: connectionId, ...settings });
export const changedEnabledConnection = object(settings);

const nameHere = text({ minLength: 1, maxLength: 50, description: 'Name of the connection within the organization' });
const accessLevel = oneOf(['none', 'readonly', 'limited', 'full'], {
  description: "What the organization's administrators may do with it",
});

export const anyConnection = object({
  connection_id: connectionId,
  ...settings,
  is_enabled: optional(flag({ description: 'Whether people may sign in by it' })),
  organization_access_level: optional(accessLevel),
  organization_connection_name: optional(nameHere),
});

export const changedConnection = object({
  ...settings,
  is_enabled: optional(nullable(flag({ description: 'Whether people may sign in by it' }))),
  organization_access_level: optional(nullable(accessLevel)),
  organization_connection_name: optional(nullable(nameHere)),
});
