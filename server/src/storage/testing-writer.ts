// Owns the process that tests kill: it writes to a database and prints each id once its write is safe.
import { argv, stdout } from 'node:process';
import { openDatabase } from './open-database.ts';
import * as singleUse from './tables/single-use-tokens.ts';
import { singleUseTokenRow } from './testing-rows.ts';

const [, , url = '', run = ''] = argv;
const database = await openDatabase(url);
stdout.write('open\n');

async function write(writer: number): Promise<void> {
  for (let count = 0; ; count += 1) {
    const row = singleUseTokenRow({ digest: `${run}-${writer}-${count}` });
    await database.transaction(async (queries) => {
      await singleUse.insert(queries, row);
      await singleUse.consume(queries, row, 1);
    });
    await database.flushed();
    stdout.write(`${row.digest}\n`);
  }
}

await Promise.all([0, 1, 2, 3].map(write));
