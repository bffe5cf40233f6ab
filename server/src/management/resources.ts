// Owns the list of the Management API's resources. What depends on it is made from it: routes, scopes, the reference.
import type { Resource } from './resource.ts';
import { roles } from './resources/roles.ts';

export const resources: readonly Resource[] = [roles];

const currentUserScopes = resources.flatMap(({ endpoints }) => endpoints.flatMap(({ selfScopes = [] }) => selfScopes));
const allScopes = resources.flatMap(({ endpoints }) => endpoints.flatMap(({ scopes }) => scopes));

/** Every scope that an endpoint wants, sorted: what the Management API offers. */
export const managementScopes: readonly string[] = [...new Set([...allScopes, ...currentUserScopes])].sort();
