import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Family } from '@atelier/local-stack';
import { specDirectory } from '../harness/spec-directory.ts';
import { Bench } from '../harness/single-platform/bench.ts';
import { suffer } from '../dependencies-down/outage-run.ts';
import { outages } from '../dependencies-down/outages.ts';
import { SinglePlatform } from '../harness/single-platform/single-platform.ts';
import { redriveAll } from '../redrive-under-kills/redrive-run.ts';

/** At least; each is away until it was noticed. `npm run test:outages` takes them away for longer. */
const AWAY_MS = 500;

describe('a platform under load', () => {
  let platform: SinglePlatform;
  let bench: Bench;

  beforeAll(async () => {
    const directory = await specDirectory('outages');
    const dataDir = join(directory, 'cluster');
    mkdirSync(dataDir);
    const family = new Family(join(dataDir, 'children.json'));
    platform = await SinglePlatform.start(dataDir, family, () => undefined);
    bench = await Bench.on(platform, directory, { seed: 1, inFlight: 5 });
  });

  afterAll(async () => {
    await bench?.stop();
    await platform?.stop();
  });

  it.each(outages)(
    'waits for what is away, says so, and neither loses nor repeats anything: $name',
    async (outage) => {
      const { violations, settled } = await suffer(bench, outage, { ms: AWAY_MS });
      expect(violations).toEqual([]);
      expect(settled).toBeGreaterThan(20);
    },
  );

  it('gives each dead letter back once, although something is killed and operators click twice', async () => {
    const { violations, kills, clicked } = await redriveAll(bench, { letters: 25, rate: 10, kills: 1 });
    expect(violations).toEqual([]);
    expect(kills).toHaveLength(1);
    expect(clicked).toBeGreaterThanOrEqual(5);
  });
});
