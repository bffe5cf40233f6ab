// Owns the issuer that is measured: started as `npm start` does, by the same line of package.json.
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { type Measured, startOn } from './process.ts';

const root = join(import.meta.dirname, '..');
const core = 0;

/** A program that may do everything on the Management API. */
export const administrator = {
  client_id: 'BenchAdministrator00000000000001',
  client_secret: 'bench '.repeat(8).trim(),
};

export async function startIssuer(data: string, port: number, env: NodeJS.ProcessEnv = {}): Promise<Measured> {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } };
  const PATH = dirname(process.execPath) + delimiter + process.env['PATH'];
  const own = {
    PORT: String(port),
    WARIFU_DATA: data,
    WARIFU_LOG_LEVEL: 'warn',
    WARIFU_MANAGEMENT_CLIENT_ID: administrator.client_id,
    WARIFU_MANAGEMENT_CLIENT_SECRET: administrator.client_secret,
  };
  const command = ['sh', '-c', `cd '${root}' && ${scripts.start}`] as const;
  return startOn(core, [...command], { ...process.env, PATH, ...own, ...env }, 'Warifu ready at ');
}
