import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scratchName } from '../../libs/eventing/fixtures/scratch-broker.ts';
import { failureTests } from './run/failure-tests.ts';
import { CHECKS } from './run/findings.ts';
import { stateDirectory } from './state-directory.ts';

/** As `npm run test:failures`, with fewer records and shorter delays; times are not judged. */
describe('an effect some of whose records fail', () => {
  let directory: string;
  beforeEach(async () => void (directory = await mkdtemp(join(stateDirectory(), 'atelier-failures-'))));
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('handles every other record once, retries when it is due, and gives up on poison alone', async () => {
    const bench = {
      brokers: (process.env['KAFKA_BROKERS'] ?? '').split(','),
      registryUrl: process.env['REGISTRY_URL'] ?? '',
      directory,
    };
    const load = { records: 2_000, rate: 1_000, seed: 1, delaysMs: [250, 750] };
    const runs = await failureTests(bench, { ...load, name: scratchName('failures') });
    const nothing = Object.fromEntries(CHECKS.map((check) => [check, []]));
    expect(runs.map(({ findings }) => findings)).toEqual([nothing, nothing]);
    const [, { evidence }] = runs;
    const fates = Map.groupBy(evidence.sent, ({ fate }) => fate);
    expect(fates.get('poison')).toHaveLength(evidence.letters.length);
    expect(fates.get('failing')?.length).toBeGreaterThan(50);
    expect(evidence.letters.length).toBeGreaterThan(5);
  });
});
