// Owns /api/v2/supplemental-signals: what a proxy in front adds about who is calling.
import { singleton } from '#domain/records';
import type { Resource } from '../resource.ts';
import { flag, object } from '../schema.ts';
import { settings } from '../settings.ts';

export const supplementalSignals: Resource = {
  name: 'supplemental-signals',
  endpoints: settings({
    path: '/supplemental-signals',
    noun: 'supplemental signals',
    scopes: { read: ['read:attack_protection'], update: ['update:attack_protection'] },
    methods: ['PATCH'],
    store: singleton('supplemental-signals', { akamai_enabled: false }),
    body: object({ akamai_enabled: flag({ description: "Whether Akamai's headers are believed" }) }),
  }),
};
