import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { asksForHelp, takesNoArguments } from './arguments.mjs';
import { areInstalled, installDependencies } from './dependencies.mjs';
import { refuseUnusablePath } from './paths.mjs';
import { findMissing } from './prerequisites.mjs';

const startedAt = Date.now();

/** Checks the prerequisites and installs the dependencies; ends the process with a message when it cannot. Help needs neither. */
export async function setUp() {
  if (asksForHelp() && areInstalled()) return startedAt;
  try {
    refuseUnusablePath();
    const missing = await findMissing();
    if (missing.length > 0) throw new Error(missing.join('\n'));
    step('prerequisites there');
    if (areInstalled()) return startedAt;
    await installDependencies();
    step('dependencies installed');
    return startedAt;
  } catch (error) {
    console.error(`\n${error.message}`);
    process.exit(1);
  }
}

function step(text) {
  console.log(`  [${((Date.now() - startedAt) / 1000).toFixed(1).padStart(5)} s] ${text}`);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  takesNoArguments(`Usage: node scripts/setup.mjs
Checks the prerequisites and installs the dependencies.`);
  await setUp();
}
