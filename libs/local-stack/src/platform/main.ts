import { shellWord } from '../shell-word.ts';
import { StackError } from '../stack-error.ts';
import { readPlatformConfig } from './platform.config.ts';
import { progressSince, startedAt } from './progress.ts';
import { stopRequest } from './stop-request.ts';
import { runPlatform } from './supervisor.ts';

process.exitCode = 1;
try {
  const config = readPlatformConfig();
  const stop = stopRequest((reason) => process.stdout.write(`\nStopping everything (${reason}) ...\n`));
  const outcome = await runPlatform(config, progressSince(startedAt()), stop);
  const given = process.env['DATA_DIR'];
  const where = given ? `DATA_DIR=${shellWord(given)} ` : '';
  process.stdout.write(
    `Stopped. The data is kept in ${shellWord(config.dataDir)}: ${where}npm start goes on with it, ${where}npm run reset removes it.\n`,
  );
  process.exit(outcome === 'stopped' ? 0 : 130);
} catch (error) {
  process.stderr.write(`\n${error instanceof StackError ? error.message : (error as Error).stack}\n`);
  process.exit(1);
}
