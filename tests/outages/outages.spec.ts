import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Family } from '@atelier/local-stack';
import { Bench } from './bench.ts';
import { suffer } from './outages/outage-run.ts';
import { outages } from './outages/outages.ts';
import { OutagePlatform } from './platform.ts';
import { redriveAll } from './redrive/redrive-run.ts';

/** `npm run test:outages` takes them away for longer. */
const AWAY_MS = 2_000;

describe('a platform under load', () => {
  let directory: string;
  let platform: OutagePlatform;
  let bench: Bench;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'atelier-outages-'));
    const dataDir = join(directory, 'cluster');
    mkdirSync(dataDir);
    const family = new Family(join(dataDir, 'children.json'));
    platform = await OutagePlatform.start(dataDir, family, () => undefined);
    bench = await Bench.on(platform, directory, { seed: 1, inFlight: 5 });
  }, 150_000);

  afterAll(async () => {
    await bench?.stop();
    await platform?.stop();
    await rm(directory, { recursive: true, force: true });
  }, 30_000);

  it.each(outages)(
    'waits for what is away, says so, and neither loses nor repeats anything: $name',
    async (outage) => {
      const { violations, settled } = await suffer(bench, outage, AWAY_MS);
      expect(violations).toEqual([]);
      expect(settled).toBeGreaterThan(20);
    },
    150_000,
  );

  it('gives each dead letter back once, although something is killed and operators click twice', async () => {
    const { violations, kills, clicked } = await redriveAll(bench, { letters: 50, rate: 20, kills: 1 });
    expect(violations).toEqual([]);
    expect(kills).toHaveLength(1);
    expect(clicked).toBeGreaterThanOrEqual(10);
  }, 150_000);
});
