import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Family, repositoryRoot, shellWord } from '@atelier/local-stack';
import { commandLine } from '../../tools/command-line.ts';
import { measure } from './measure.ts';
import { type Options, readOptions, type Scenario, usage } from './options.ts';

/** Whether everything held. */
async function run(scenario: Scenario, options: Options): Promise<boolean> {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const directory = join(repositoryRoot, '.faults', `${stamp}-${scenario}-seed-${options.seed}`);
  const cluster = join(directory, 'cluster');
  mkdirSync(cluster, { recursive: true });
  // With it, the next fault test knows whose processes these are.
  writeFileSync(join(cluster, 'runner.pid'), String(process.pid));
  const family = new Family(join(cluster, 'children.json'));
  const interrupted = () => {
    // Whatever is waited for fails now; the processes have to be ended all the same.
    process.on('unhandledRejection', () => undefined);
    void family.stopAll().then(() => process.exit(130));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupted);
  try {
    const { report, holds } = await measure(scenario, options, directory, family);
    writeFileSync(join(directory, 'report.txt'), report);
    if (holds) rmSync(cluster, { recursive: true, force: true });
    console.log(`\n${report}\nSeed ${options.seed}; report and history are in ${shellWord(directory)}`);
    return holds;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupted);
  }
}

try {
  const options = commandLine(usage, readOptions);
  let holds = true;
  for (const scenario of options.scenarios) holds = (await run(scenario, options)) && holds;
  process.exit(holds ? 0 : 1);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}
