import { describe, expect, it } from '@jest/globals';
import { record } from '../../fixtures/scratch-broker.ts';
import { MemoryBroker } from '../memory/memory-broker.ts';
import { MemoryCluster } from '../memory/memory-cluster.ts';
import { recordsAt } from './records-at.ts';

const signal = AbortSignal.timeout(300_000);
const at = { topic: 'numbers', partition: 0 };

/** A log of so many records, each of which says its offset. */
function numbers(count: number) {
  const { broker, log } = new MemoryCluster(new MemoryBroker());
  broker.topics.create(at.topic, 1);
  for (let number = 0; number < count; number++) broker.append(record(at.topic, String(number)));
  return log;
}

async function read(log: ReturnType<typeof numbers>, offsets: readonly bigint[]): Promise<string[]> {
  const values: string[] = [];
  for await (const records of recordsAt(log, at, offsets, signal))
    values.push(...records.map(({ value }) => String(value)));
  return values;
}

describe('records at known offsets', () => {
  it('come in their order, and nothing else does', async () => {
    const log = numbers(5);
    expect(await read(log, [0n, 1n, 3n])).toEqual(['0', '1', '3']);
    expect(await read(log, [4n])).toEqual(['4']);
    expect(await read(log, [])).toEqual([]);
  });

  it('are read without all that lies between them', async () => {
    const log = numbers(10_000);
    const starts: bigint[] = [];
    const open = log.read.bind(log);
    log.read = (topic, partition, range) => {
      starts.push(range.from);
      return open(topic, partition, range);
    };
    expect(await read(log, [5n, 6n, 9_000n])).toEqual(['5', '6', '9000']);
    expect(starts).toEqual([5n, 9_000n]);
  });

  it('are missed where none stands there', async () => {
    const log = numbers(3);
    const open = log.read.bind(log);
    // A marker, or a record that was aborted: the log goes past it.
    log.read = async function* (topic, partition, range) {
      for await (const { records, nextOffset } of open(topic, partition, range))
        yield { records: records.filter(({ offset }) => offset !== 1n), nextOffset };
    };
    await expect(read(log, [0n, 1n, 2n])).rejects.toMatchObject({ code: 'RECORD_MISSING' });
  });
});
