import { randomUUID } from 'node:crypto';
import { switchSmtp } from '@atelier/local-stack';
import { commandLine } from '../command-line.ts';
import { readWanted, usage, type Wanted } from './options.ts';
import { type FragilePlatform, fragilePlatform } from './fragile-platform.ts';
import { poisonRecords, write } from './poison.ts';
import { poisonReport, smtpReport } from './report.ts';

/** Breaks what is wanted; answers what is to be seen now. */
async function inject(wanted: Wanted, platform: FragilePlatform): Promise<string> {
  if (wanted.what === 'smtp') {
    await switchSmtp(platform.faults, wanted.text);
    return smtpReport(wanted.fault, platform);
  }
  const { topic, count } = wanted;
  const records = poisonRecords(topic, count, randomUUID().slice(0, 8));
  return poisonReport(topic, await write(platform.kafka, records), platform);
}

try {
  const wanted = commandLine(usage, readWanted);
  console.log(await inject(wanted, await fragilePlatform(process.env['DATA_DIR'] || '.data')));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
