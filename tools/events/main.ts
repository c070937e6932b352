import { commandLine } from '../command-line.ts';
import { generatedFiles, writeGenerated } from './files.ts';
import { describeServices } from './services.ts';

const usage = `Usage: npm run docs:events
Writes the AsyncAPI document that the gateway serves, and docs/events.md, from contracts, catalogue and handlers.`;

try {
  commandLine(usage, () => undefined);
  for (const [path, text] of generatedFiles(await describeServices())) {
    writeGenerated(path, text);
    console.log(`${path} written`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
