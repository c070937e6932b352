import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultCacheDir, Family, fetchParts, startStack } from '@atelier/local-stack';
import { type Options, readOptions } from './options.ts';
import { failureTests } from './run/failure-tests.ts';
import { report } from './run/report.ts';

const DELAYS_MS = [1_000, 10_000];

async function main(options: Options): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'atelier-failures-'));
  const family = new Family(join(directory, 'children.json'));
  const state = mkdtempSync(join(options.state, 'atelier-failures-state-'));
  const cleanUp = async () => {
    await family.stopAll();
    for (const each of [directory, state]) rmSync(each, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void cleanUp().then(() => process.exit(130)));
  try {
    return await test({ ...options, state }, directory, family);
  } finally {
    await cleanUp();
  }
}

async function test(options: Options, directory: string, family: Family): Promise<number> {
  const say = progress();
  await fetchParts(defaultCacheDir, say);
  const stack = await startStack({
    dataDir: join(directory, 'stack'),
    cacheDir: defaultCacheDir,
    family,
    report: say,
  });
  const brokers = stack.kafka.bootstrap.split(',');
  const bench = { brokers, registryUrl: stack.registryUrl, directory: options.state };
  const settings = { ...options, name: 'failures', delaysMs: DELAYS_MS };
  const [calm, failing] = await failureTests(bench, settings, say);
  const result = report(calm, failing);
  console.log(`\n${result.report}\nSeed ${options.seed}.`);
  return result.holds ? 0 : 1;
}

/** Lines with the time in front; those that only count, now and then. */
function progress(): (text: string) => void {
  const began = Date.now();
  let [told, toldAt] = ['', 0];
  return (text) => {
    const kind = text.replaceAll(/\d+ attempts/g, '');
    const repeats = kind !== text && kind === told;
    if (repeats && Date.now() - toldAt < 10_000) return;
    [told, toldAt] = [kind, Date.now()];
    console.log(`[${((Date.now() - began) / 1_000).toFixed(0)} s] ${text}`);
  };
}

try {
  process.exit(await main(readOptions(process.argv.slice(2))));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}
