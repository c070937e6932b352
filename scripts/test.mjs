import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asksForHelp } from './arguments.mjs';
import { runOnNode24 } from './node24.mjs';
import { setUp } from './setup.mjs';
import { closingLine } from './closing-line.mjs';

if (asksForHelp()) {
  console.log(`Usage: npm test -- [patterns of files] [options of Jest]
Sets up, builds, starts the real parts, and runs the specs; npx jest --help has Jest's options.`);
  process.exit(0);
}

process.once('exit', () => console.log(closing.line));
let closing = closingLine(undefined, 1);

const startedAt = await setUp();
const prepared = await runOnNode24([
  '--conditions=source',
  'libs/local-stack/src/platform/prepare.ts',
  `--started=${startedAt}`,
]);
if (prepared !== 0) process.exit(prepared);

const directory = mkdtempSync(join(tmpdir(), 'atelier-test-'));
const outputFile = join(directory, 'jest.json');
const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];
const code = await runOnNode24([
  '--conditions=source',
  ...jest,
  '--json',
  // A spec that failed may have left something running, which would keep the run from ending.
  '--forceExit',
  `--outputFile=${outputFile}`,
  ...process.argv.slice(2),
]);
closing = closingLine(readResults(), code);
rmSync(directory, { recursive: true, force: true });
process.exit(closing.failed > 0 ? 1 : 0);

function readResults() {
  try {
    return JSON.parse(readFileSync(outputFile, 'utf8'));
  } catch {
    return undefined;
  }
}
