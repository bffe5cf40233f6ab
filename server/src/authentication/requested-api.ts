// Owns the API that a token request names, where no page or code has named it before.
import type { Context } from '#domain/context';
import { findResourceServer } from '#domain/resource-servers';
import { tenantSettings } from '#domain/tenant-settings';
import { invalidRequest } from '#protocol/oauth-error';
import type { Parameters } from '#protocol/parameters';
import type { ResourceServer } from '#protocol/resource-server';

/** The identifier that `audience` or `resource` (RFC 8707 §2) gives. Throws invalid_request when they differ. */
export function namedAudience(form: Parameters): string | undefined {
  const audience = form.get('audience');
  const resource = form.get('resource');
  if (audience !== undefined && resource !== undefined && audience !== resource) {
    throw invalidRequest('The parameters audience and resource name two APIs. Ask for one of them.');
  }
  return audience ?? resource;
}

/** The identifier asked for, else the tenant's default one, and its API if there is one. */
export async function requestedApi(
  ctx: Context,
  form: Parameters,
): Promise<{ readonly identifier: string | undefined; readonly api: ResourceServer | undefined }> {
  const identifier = namedAudience(form) ?? ((await tenantSettings(ctx)).default_audience || undefined);
  return { identifier, api: identifier === undefined ? undefined : await findResourceServer(ctx, identifier) };
}
