import { readFileSync } from 'node:fs';
import type { ConsumedRecord } from '@atelier/eventing/log';
import { commandLine } from '../command-line.ts';
import { Progress } from '../demo/progress.ts';
import { runningPlatform } from '../platform.ts';
import { type Checked, checkText, checkTopics } from './checked.ts';
import { deciders } from './deciders.ts';
import { partitionsOf } from './from-log.ts';
import { type CheckOptions, checkUsage, readCheckOptions } from './options.ts';
import { withTopicsOf } from './platform-topics.ts';
import { report } from './report.ts';

/** Checks what is asked for, and tells of it; answers whether all is as it was. */
async function main({ file, most }: CheckOptions): Promise<boolean> {
  const checked = await (file === undefined ? checkPlatform() : checkText(textOf(file), deciders));
  console.log(report(checked, { ...(file === undefined ? inTopics : inFile(file)), most }));
  return checked.every(({ differences }) => differences.length === 0);
}

async function checkPlatform(): Promise<readonly Checked[]> {
  const platform = await runningPlatform(process.env['DATA_DIR'] || '.data');
  return withTopicsOf(platform, async (topicsOf) => {
    const counts = await Promise.all(deciders.map((rules) => partitionsOf(topicsOf(rules), rules)));
    const all = counts.reduce((sum, count) => sum + count, 0);
    const progress = new Progress(all, 'partitions checked', process.stderr);
    return checkTopics(topicsOf, deciders, () => progress.advance());
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const why = (cause as Error).message;
    throw new Error(
      `${file} cannot be read: ${why}. Give a file that \`npm run history:record\` has written`,
      { cause },
    );
  }
}

const inTopics = {
  placeOf: ({ topic, partition, offset }: ConsumedRecord) => `${topic}-${partition} offset ${offset}`,
  ifMeant: 'deploy: what was decided stays as it was decided',
};

const inFile = (file: string) => ({
  placeOf: ({ offset }: ConsumedRecord) => `${file}:${offset}`,
  ifMeant: 'record again with `npm run history:record`: the diff of its file says what has changed',
});

try {
  process.exitCode = (await main(commandLine(checkUsage, readCheckOptions))) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
