import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaClient } from '../kafka/client.ts';
import { GroupConsumer } from '../engine/group-consumer.ts';
import { type Guarantee, processorFor } from '../engine/guarantee.ts';
import { committedOffset } from '../kafka/positions.ts';
import type { Handler } from '../engine/handler.ts';
import { dyingAt, type Kill } from './dying-at.ts';

/** The one argument of this script, as JSON. */
export interface GuaranteeRun {
  readonly brokers: readonly string[];
  readonly guarantee: Guarantee;
  readonly group: string;
  readonly input: string;
  readonly output: string;
  readonly maxBatch: number;
  /** Number of records in the input, which has one partition. */
  readonly end: number;
  readonly kill?: Kill;
}

const run = JSON.parse(process.argv[2] ?? '') as GuaranteeRun;
const { group, input, output, kill } = run;
const client = new KafkaClient({ brokers: run.brokers, clientId: 'guarantee-worker' });

const copying: Handler = {
  handle: async (records) => ({
    output: records.map(({ key, value, headers }) => ({ topic: output, partition: 0, key, value, headers })),
  }),
};

const failpoint = dyingAt(kill);
const complain = (text: string) => console.error(text);
const consumer = new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
  group,
  topics: [input],
  instanceId: group,
  maxBatch: run.maxBatch,
  log: { info: () => undefined, warn: complain, error: complain },
  processor: (assigned, member) =>
    processorFor(run.guarantee, new KafkaCluster(client.sibling('partition')), member, copying, {
      group,
      ...assigned,
      instanceId: group,
      failpoint,
      lost: ({ message }) => complain(message),
    }),
});

consumer.start();
while ((await committedOffset(client, group, input, 0)) < BigInt(run.end)) await sleep(20);
await consumer.stop();
await client.close();
