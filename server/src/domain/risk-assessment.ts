// Owns the settings of how the risk of a sign-in is judged, in Auth0's spelling.
import { singleton } from './records.ts';

export const riskAssessment = singleton('risk-assessment', { enabled: false });

/** `remember_for` is in days. */
export const newDeviceAssessment = singleton('risk-assessment', { remember_for: 30 }, 'new-device');
