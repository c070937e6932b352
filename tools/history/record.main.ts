import { writeFileSync } from 'node:fs';
import { commandLine } from '../command-line.ts';
import { runningPlatform } from '../platform.ts';
import { deciders } from './deciders.ts';
import { readRecordOptions, type RecordOptions, recordUsage } from './options.ts';
import { withTopicsOf } from './platform-topics.ts';
import { recordSimulated } from './simulated/record.ts';
import { historyLines, historyText } from './write-history.ts';

async function main({ file, platform, seed }: RecordOptions): Promise<void> {
  const text = await (platform ? recordPlatform() : recordSimulated(seed));
  writeFileSync(file, text);
  console.log(`${file} written: ${text.split('\n').length - 1} lines`);
}

async function recordPlatform(): Promise<string> {
  const platform = await runningPlatform(process.env['DATA_DIR'] || '.data');
  return withTopicsOf(platform, async (topicsOf) => {
    const lines = [];
    for (const rules of deciders) lines.push(...(await historyLines(topicsOf(rules), rules)));
    return historyText(lines);
  });
}

try {
  await main(commandLine(recordUsage, readRecordOptions));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
