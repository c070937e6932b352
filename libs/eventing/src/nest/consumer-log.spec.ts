import { afterEach, describe, expect, it } from '@jest/globals';
import type { Logger } from '@nestjs/common';
import { until } from '../../fixtures/until.ts';
import { GroupConsumer } from '../engine/group-consumer.ts';
import type { Processor } from '../engine/worker/processor.ts';
import { LogError } from '../log/errors.ts';
import { MemoryCluster } from '../memory/memory-cluster.ts';
import { consumerLog } from './consumer-log.ts';

describe('what a group logs of an error', () => {
  let consumer: GroupConsumer;
  afterEach(() => consumer.stop());

  async function logged(failure: Error): Promise<readonly unknown[]> {
    const cluster = new MemoryCluster();
    cluster.broker.topics.create('source', 1);
    const lines: unknown[][] = [];
    const write = (...said: unknown[]) => void lines.push(said);
    const processor = {
      assign: () => Promise.reject(failure),
      abandon: async () => undefined,
      close: async () => undefined,
    } as unknown as Processor;
    consumer = new GroupConsumer(cluster, {
      group: 'group',
      topics: ['source'],
      log: consumerLog({ log: () => undefined, warn: write, error: write } as unknown as Logger),
      processor: () => processor,
    });
    consumer.start();
    await until(() => lines.length > 0);
    return lines[0] ?? [];
  }

  it('was its message only: the code and the fields of the library are beside it, for programs', async () => {
    const fields = { topic: 'source', offset: 3n };
    expect(await logged(new LogError('NOT_STABLE', 'not yet', { retryable: true, fields }))).toEqual([
      expect.stringContaining('group source-0: not yet'),
      { code: 'NOT_STABLE', retryable: true, fields },
    ]);
  });

  it('is its message where it is none of the library', async () => {
    expect(await logged(new Error('of a handler'))).toEqual([
      expect.stringContaining('group source-0: of a handler'),
    ]);
  });
});
