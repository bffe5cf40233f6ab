// Owns `npm run replay`: replays the recordings, with the options of their harness, and prints its table.
import { areThere, recordings, replay } from './replay.ts';

if (areThere) process.exitCode = await replay(process.argv.slice(2));
else console.log(`Skipped: there are no recordings at ${recordings}.`);
