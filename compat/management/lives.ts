// Owns the list of lives: one for each resource of the Management API.
import type { Life } from './life.ts';
import { groups } from './lives/groups.ts';
import { organizations } from './lives/organizations.ts';
import { roles } from './lives/roles.ts';

export const lives: readonly Life[] = [groups, organizations, roles];
