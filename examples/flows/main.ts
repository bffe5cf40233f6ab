// Owns `npm run flow -- <name>`: runs an example and shows what came of it.
import { flows } from './flows.ts';
import { email, password, runFlow } from './run.ts';

const [name = ''] = process.argv.slice(2);
const flow = flows.find((candidate) => candidate.name === name);
if (flow) {
  console.log(`Whoever is asked to sign in: ${email}, password ${password}\n`);
  const { code, out, err } = await runFlow(flow, (address) => console.log(`Open in a browser: ${address}\n`));
  console.log(out + err);
  process.exitCode = code ?? 1;
} else {
  console.error(`Usage: npm run flow -- <name>\nThe flows: ${flows.map((each) => each.name).join(', ')}`);
  process.exitCode = 2;
}
