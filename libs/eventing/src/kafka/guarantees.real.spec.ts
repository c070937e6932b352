import { readPartition } from './reading/partition-reader.ts';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { GuaranteeRun } from '../../fixtures/guarantee-worker.ts';
import {
  brokers,
  patience,
  record,
  scratchClient,
  scratchName,
  scratchTopic,
} from '../../fixtures/scratch-broker.ts';
import type { KafkaClient } from './client/client.ts';
import type { Guarantee } from '../engine/guarantee.ts';
import { LogAppender } from './producing/log-appender.ts';
import { commitOffsets, stableEnd } from './groups/stored-positions.ts';

const WORKER = fileURLToPath(new URL('../../fixtures/guarantee-worker.ts', import.meta.url));
const MAX_BATCH = 10;
const MAX_NTH = 4;
const KILLS = 5;
/** More than all runs together can handle before their kills: so none comes to the end alive. */
const END = KILLS * MAX_NTH * MAX_BATCH + MAX_BATCH;

/**
 * Where the process dies in each of its lives. Each moment comes first in one of them: between the output and the
 * position, and between the position and the output. The rest is drawn.
 */
function schedule(seed: number): NonNullable<GuaranteeRun['kill']>[] {
  let state = seed;
  const draw = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const moments = ['after-send', 'after-commit', 'before-commit'] as const;
  return Array.from({ length: KILLS }, (_, life) => ({
    failpoint: moments[life] ?? moments[draw(moments.length)] ?? 'after-send',
    nth: 1 + draw(MAX_NTH),
  }));
}

/** Each life is a process that has to start. */

describe('what a kill does under each guarantee', () => {
  let client: KafkaClient;
  let child: ChildProcess | undefined;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());
  afterEach(() => void child?.kill('SIGKILL'));

  async function filledTopic(): Promise<string> {
    const topic = await scratchTopic(client);
    const appender = new LogAppender(client);
    await Promise.all(Array.from({ length: END }, (_, n) => appender.append(record(topic, String(n)))));
    return topic;
  }

  /** One life of the worker; answers how it ended: `SIGKILL`, or 0 when the group has come to the end. */
  async function live(run: GuaranteeRun): Promise<NodeJS.Signals | number | null> {
    child = spawn(process.execPath, ['--conditions=source', WORKER, JSON.stringify(run)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return signal ?? code;
  }

  /** How often each record of the input stands in the output. */
  async function copies(output: string): Promise<number[]> {
    const counts = new Array<number>(END).fill(0);
    const range = { from: 0n, to: await stableEnd(client, output, 0), signal: patience() };
    for await (const { records } of readPartition(client.sibling('reader'), output, 0, range))
      for (const { value } of records) counts[Number(value)] = (counts[Number(value)] ?? 0) + 1;
    return counts;
  }

  async function dieAndCount(guarantee: Guarantee) {
    const [input, output, group] = [await filledTopic(), await scratchTopic(client), scratchName('copy')];
    await commitOffsets(client, group, [{ topic: input, partition: 0, offset: 0n }]);
    const run = { brokers, guarantee, group, input, output, maxBatch: MAX_BATCH, end: END };
    for (const kill of schedule(20_261)) expect(await live({ ...run, kill })).toBe('SIGKILL');
    expect(await live(run)).toBe(0);
    const counts = await copies(output);
    return {
      lost: counts.filter((count) => count === 0).length,
      repeated: counts.filter((count) => count > 1).length,
    };
  }

  it('exactly-once neither loses nor repeats a record', async () => {
    expect(await dieAndCount('exactly-once')).toEqual({ lost: 0, repeated: 0 });
  });

  it('at-least-once repeats records, and loses none', async () => {
    const { lost, repeated } = await dieAndCount('at-least-once');
    expect(lost).toBe(0);
    expect(repeated).toBeGreaterThan(0);
  });

  it('at-most-once loses records, and repeats none', async () => {
    const { lost, repeated } = await dieAndCount('at-most-once');
    expect(lost).toBeGreaterThan(0);
    expect(repeated).toBe(0);
  });
});
