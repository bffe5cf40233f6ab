// Owns the rule that an audience, and every resource (RFC 8707 §2), names an API that exists.
import type { AuthorizeCheck } from '../authorize-check.ts';
import { unknownApi } from '../resource.ts';

export const audience: AuthorizeCheck = {
  name: 'audience',
  check({ request, apis, userinfoAudience }) {
    const { audience: first, resources = first === undefined ? [] : [first] } = request;
    const known = new Set([userinfoAudience, ...apis.map(({ identifier }) => identifier)]);
    const unknown = resources.find((identifier) => !known.has(identifier));
    if (unknown !== undefined) throw unknownApi({ has: () => request.resources !== undefined }, unknown);
  },
};
