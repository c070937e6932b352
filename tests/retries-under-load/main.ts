import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultCacheDir, Family, fetchParts, startStack } from '@atelier/local-stack';
import { commandLine } from '../../tools/command-line.ts';
import { type Options, readOptions, usage } from './options.ts';
import { failureTests } from './run/failure-tests.ts';
import { report } from './run/report.ts';

const DELAYS_MS = [1_000, 10_000];

async function main(options: Options): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'atelier-failures-'));
  const state = mkdtempSync(join(options.state, 'atelier-failures-state-'));
  const family = new Family(join(directory, 'children.json'));
  const ending = new AbortController();
  const interrupted = Promise.withResolvers<number>();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.resolve(130));
  try {
    const parts = { directory, family, signal: ending.signal };
    return await Promise.race([test({ ...options, state }, parts), interrupted.promise]);
  } finally {
    ending.abort();
    await family.stopAll();
    for (const each of [directory, state]) rmSync(each, { recursive: true, force: true });
  }
}

interface Parts {
  readonly directory: string;
  readonly family: Family;
  readonly signal: AbortSignal;
}

async function test(options: Options, { directory, family, signal }: Parts): Promise<number> {
  const say = progress();
  await fetchParts(defaultCacheDir, say);
  const stack = await startStack({
    dataDir: join(directory, 'stack'),
    cacheDir: defaultCacheDir,
    family,
    report: say,
  });
  const brokers = stack.kafka.bootstrap.split(',');
  const bench = { brokers, registryUrl: stack.registryUrl, directory: options.state, signal };
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
  process.exit(await main(commandLine(usage, readOptions)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}
