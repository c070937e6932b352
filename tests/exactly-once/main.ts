import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Family, repositoryRoot, shellWord, stopLeftovers } from '@atelier/local-stack';
import { commandLine } from '../../tools/command-line.ts';
import { isAlive } from '../harness/is-alive.ts';
import { numbered } from './faults/index.ts';
import { type Options, readOptions, usage } from './options.ts';
import { faultTests } from './run/fault-tests.ts';

async function main(options: Options): Promise<number> {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const runs = join(repositoryRoot, '.faults');
  await sweep(runs);
  const directory = options.directory ?? join(runs, `${stamp}-seed-${options.seed}`);
  console.log(`Everything of this run is in ${shellWord(directory)}`);
  let family: Family | undefined;
  let interrupted = false;
  const familyOf = (dataDir: string) => {
    if (interrupted) throw new Error('The run was interrupted.');
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'runner.pid'), String(process.pid));
    return (family = new Family(join(dataDir, 'children.json')));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      interrupted = true;
      void Promise.resolve(family?.stopAll()).then(() => process.exit(130));
    });

  const { report, holds } = await faultTests(options, directory, familyOf);
  writeFileSync(join(directory, 'report.txt'), report);
  if (holds && options.directory === undefined)
    for (const cluster of globSync('cluster*', { cwd: directory }))
      rmSync(join(directory, cluster), { recursive: true, force: true });
  console.log(`\n${report}\nSeed ${options.seed}; report and history are in ${shellWord(directory)}`);
  return holds ? 0 : 1;
}

/** Ends what runs have left that were killed themselves. */
async function sweep(runs: string): Promise<void> {
  for (const cluster of globSync('*/cluster*', { cwd: runs }).map((path) => join(runs, path))) {
    const runner = join(cluster, 'runner.pid');
    if (existsSync(runner) && !isAlive(Number(readFileSync(runner, 'utf8'))))
      await stopLeftovers(join(cluster, 'children.json'));
  }
}

try {
  process.exit(await main(commandLine(usage, (args) => readOptions(args, numbered()))));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}
