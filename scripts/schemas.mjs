import { asksForHelp } from './arguments.mjs';
import { runOnNode24 } from './node24.mjs';
import { setUp } from './setup.mjs';

const USAGE = `Usage: npm run schemas:check
       npm run schemas:new <Type>
check says which change of a schema breaks which reader, and what would be allowed instead; new writes the file of the next
version of a message, to edit.`;

const [which, ...names] = process.argv.slice(2);
if (asksForHelp()) {
  console.log(USAGE);
  process.exit(0);
}
if (which === 'new' ? names.length !== 1 : names.length !== 0) {
  console.error(
    which === 'new' && names.length === 0
      ? `Which message?\n${USAGE}`
      : `${names.length} names, and not ${which === 'new' ? 'one' : 'none'}.\n${USAGE}`,
  );
  process.exit(2);
}
await setUp();
process.exit(
  await runOnNode24(['--conditions=source', `libs/contracts/src/evolution/${which}.main.ts`, ...names]),
);
