// Owns `npm run bench -- memory [tokens]`: whether the server's memory stays flat while it issues a million tokens.
import { clientCredentials, type Fixture } from './fixture.ts';
import { Connection, run } from './load.ts';
import { residentMb } from './process.ts';

const connections = 16;
const samples = 10;

/** Issues ES256 tokens over 16 connections, and prints the server's resident memory ten times on the way. */
export async function watchMemory(pid: number, origin: string, fixture: Fixture, tokens: number): Promise<void> {
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(origin)));
  const loop = clientCredentials(fixture, 'ES256');
  console.log('\n   tokens   resident MB');
  let issued = 0;
  for (let sample = 1; sample <= samples; sample += 1) {
    while (issued < (tokens * sample) / samples) issued += (await run(open, [loop], 1)).rounds;
    console.log(`${String(issued).padStart(9)} ${residentMb(pid).toFixed(0).padStart(13)}`);
  }
  for (const connection of open) connection.close();
}
