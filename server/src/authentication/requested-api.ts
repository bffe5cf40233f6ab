// Owns the API that a token request names, where no page or code has named it before.
import type { Context } from '#domain/context';
import { findResourceServer } from '#domain/resource-servers';
import { tenantSettings } from '#domain/tenant-settings';
import type { Parameters } from '#protocol/parameters';
import { namedAudience } from '#protocol/resource';
import type { ResourceServer } from '#protocol/resource-server';

/** The identifier asked for, else the tenant's default one, and its API if there is one. */
export async function requestedApi(
  ctx: Context,
  form: Parameters,
): Promise<{ readonly identifier: string | undefined; readonly api: ResourceServer | undefined }> {
  const identifier = namedAudience(form) ?? ((await tenantSettings(ctx)).default_audience || undefined);
  return { identifier, api: identifier === undefined ? undefined : await findResourceServer(ctx, identifier) };
}
