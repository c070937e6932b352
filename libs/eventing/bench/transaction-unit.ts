import { defaultCacheDir, fetchParts, startBrokers } from '@atelier/local-stack';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaClient } from '../src/kafka/client/client.ts';
import { commitOffsets } from '../src/kafka/groups/stored-positions.ts';
import { createTopics } from '../src/kafka/topics/topics.ts';
import { RawTransactions, type Unit } from './raw-transactions.ts';

/**
 * What a transaction costs on three brokers, by what is in it and by how it is ended: what ADR 31 rests on. Runs for some four
 * minutes, and prints medians and 95th percentiles of milliseconds.
 */
const TOPICS = ['one', 'two', 'three', 'four'];
const GROUPS = ['a', 'b', 'c', 'd', 'e', 'f'];
const PARTITIONS = 6;

const lanes = (count: number, records: number, groups: number): Unit => ({
  batches: Array.from({ length: count }, (_, at) => ({
    topic: TOPICS[Math.floor(at / PARTITIONS) % TOPICS.length] as string,
    partition: at % PARTITIONS,
    records,
  })),
  groups: GROUPS.slice(0, groups),
  positions: Math.max(1, count / groups),
});

const dataDir = mkdtempSync(join(tmpdir(), 'atelier-bench-'));
await fetchParts(defaultCacheDir, console.log);
const brokers = await startBrokers({ dataDir, cacheDir: defaultCacheDir, brokers: 3 });
const client = new KafkaClient({ brokers: brokers.addresses, clientId: 'bench' });
try {
  const topic = (name: string) => ({
    name,
    partitions: name === 'source' ? 24 : PARTITIONS,
    retentionMs: -1,
    maxMessageBytes: 1_048_588,
    writers: [],
  });
  const topics = [...TOPICS, 'source'].map(topic);
  await createTopics(client, topics, { factor: 3, minInSync: 2 });
  const begins = Array.from({ length: 24 }, (_, partition) => ({ topic: 'source', partition, offset: 0n }));
  for (const group of GROUPS) await commitOffsets(client, group, begins);
  await measure(client);
} finally {
  await client.close();
  await brokers.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function measure(client: KafkaClient): Promise<void> {
  const seconds = Number(process.argv[2] ?? 8);
  const raw = (name: string) => RawTransactions.start(client, name);
  const one = await raw('one');
  const rows: [string, Unit, Parameters<RawTransactions['run']>[1]][] = [
    ['1 record, 1 position', lanes(1, 1, 1), {}],
    ['6 records in 6 partitions, 1 group', lanes(6, 1, 1), {}],
    ['24 records in 24 partitions, 1 group', lanes(24, 1, 1), {}],
    ['24 records in 24 partitions, 6 groups', lanes(24, 1, 6), {}],
    ['240 records in 24 partitions, 6 groups', lanes(24, 10, 6), {}],
    ['2,400 records in 24 partitions, 6 groups', lanes(24, 100, 6), {}],
    ['9,600 records in 24 partitions, 6 groups', lanes(24, 400, 6), {}],
    ['24 in 24, 6 groups, positions beside records', lanes(24, 1, 6), { together: true }],
    ['24 in 24, 6 groups, next begun at once', lanes(24, 1, 6), { look: 'none' }],
    ['24 in 24, 6 groups, after a look at producers', lanes(24, 1, 6), { look: 'producers' }],
    ['24 in 24, 6 groups, after a look at stable ends', lanes(24, 1, 6), { look: 'ends' }],
    ['24 in 24, 6 groups, a pause of 5 ms', lanes(24, 1, 6), { look: 'pause', pauseMs: 5 }],
    ['24 in 24, 6 groups, a pause of 30 ms', lanes(24, 1, 6), { look: 'pause', pauseMs: 30 }],
  ];
  // Brokers are slow at first.
  await one.run(lanes(24, 10, 6), { seconds: 2 * seconds });
  const repeats = 2;
  for (let round = 1; round <= repeats; round++)
    for (const [name, unit, options] of rows)
      console.log(`${round} ${name}: ${await one.run(unit, { ...options, seconds })}`);
  const several = await Promise.all(GROUPS.map((group) => raw(`several-${group}`)));
  for (let round = 1; round <= repeats; round++) {
    console.log(`${round} one producer, 24 in 24, 6 groups: ${await one.run(lanes(24, 10, 6), { seconds })}`);
    const each = await Promise.all(
      several.map((producer, at) =>
        producer.run(
          {
            ...lanes(4, 10, 1),
            groups: [GROUPS[at] as string],
            batches: lanes(24, 10, 1).batches.slice(at * 4, at * 4 + 4),
          },
          { seconds },
        ),
      ),
    );
    console.log(`${round} six producers of one group each, side by side:\n    ${each.join('\n    ')}`);
  }
}
