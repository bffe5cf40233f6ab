// Owns the list of the types of jobs.
import type { JobType } from './job.ts';
import { usersExport } from './jobs/users-export.ts';
import { usersImport } from './jobs/users-import.ts';
import { verificationEmail } from './jobs/verification-email.ts';

// biome-ignore lint/suspicious/noExplicitAny: the table holds types of jobs with bodies of every shape
export const jobTypes: readonly JobType<any, any>[] = [usersExport, usersImport, verificationEmail];
