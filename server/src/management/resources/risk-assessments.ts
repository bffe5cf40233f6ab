// Owns /api/v2/risk-assessments: whether sign-ins are judged, and how long a device is known.
import { newDeviceAssessment, riskAssessment } from '#domain/risk-assessment';
import type { Resource } from '../resource.ts';
import { flag, integer, object } from '../schema.ts';
import { settings } from '../settings.ts';

const common = {
  scopes: { read: ['read:attack_protection'], update: ['update:attack_protection'] },
  methods: ['PATCH'],
} as const;

export const riskAssessments: Resource = {
  name: 'risk-assessments',
  endpoints: [
    ...settings({
      ...common,
      path: '/risk-assessments/settings',
      noun: 'assessment of risks',
      store: riskAssessment,
      body: object({ enabled: flag({ description: 'Whether sign-ins are judged' }) }),
    }),
    ...settings({
      ...common,
      path: '/risk-assessments/settings/new-device',
      noun: 'assessment of new devices',
      store: newDeviceAssessment,
      body: object({ remember_for: integer({ minimum: 1, maximum: 365, description: 'Days that a device is known' }) }),
    }),
  ],
};
