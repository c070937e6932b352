import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Family, repositoryRoot, stopLeftovers } from '@atelier/local-stack';
import { type Options, readOptions } from './options.ts';
import { faultTests } from './run/fault-tests.ts';

async function main(options: Options): Promise<number> {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const runs = join(repositoryRoot, '.faults');
  // Of a run that was killed itself.
  for (const ledger of globSync('*/cluster/children.json', { cwd: runs }))
    await stopLeftovers(join(runs, ledger));
  const directory = join(runs, `${stamp}-seed-${options.seed}`);
  const cluster = join(directory, 'cluster');
  mkdirSync(cluster, { recursive: true });
  const family = new Family(join(cluster, 'children.json'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void family.stopAll().then(() => process.exit(130)));

  const { report, holds } = await faultTests(options, directory, family);
  writeFileSync(join(directory, 'report.txt'), report);
  if (holds) rmSync(cluster, { recursive: true, force: true });
  console.log(`\n${report}\nSeed ${options.seed}; report and history are in ${directory}`);
  return holds ? 0 : 1;
}

try {
  process.exit(await main(readOptions(process.argv.slice(2))));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}
