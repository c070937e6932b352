import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import { DivertingHandler } from '../engine/groups/diverting-handler.ts';
import { pure } from '../failures/failure-plan.ts';
import { FailureReporter, type FailureReports } from '../failures/reporter.ts';
import type { RecordBuilder } from '../serde/record-builder.ts';
import type { RecordHandler } from '../failures/record-handler.ts';
import { KafkaClient } from '../kafka/client.ts';
import { GroupConsumer } from '../engine/group-consumer.ts';
import type { OutgoingRecord } from '../log/record.ts';
import { TransactionalProcessor } from '../engine/transactional-processor.ts';
import { dyingAt, type Kill } from './dying-at.ts';
import { system } from '../time/system-clock.ts';

/** The one argument of this script, as JSON. */
export interface DivertingLife {
  readonly brokers: readonly string[];
  readonly group: string;
  /** One partition. Records whose value begins with `bad` fail, all others are copied to `output`. */
  readonly input: string;
  /** Takes reports of dead letters, too: `dead <failure id>`. */
  readonly output: string;
  readonly lanes: readonly string[];
  readonly kill?: Kill;
}

const { brokers, group, input, output, lanes, kill } = JSON.parse(process.argv[2] ?? '') as DivertingLife;
const client = new KafkaClient({ brokers, clientId: 'diverting-worker' });

const put = (value: Buffer | null): OutgoingRecord => ({
  topic: output,
  partition: 0,
  key: null,
  value,
  headers: [],
});

const copying: RecordHandler = {
  concerns: () => true,
  prepare: async () => undefined,
  handle: ({ value }) => {
    if (value?.toString().startsWith('bad')) throw Object.assign(new Error('bad'), { retryable: true });
    return [put(value)];
  },
};

const reports = {
  deadLettered: ({ id }: { readonly id: string }) => ({ data: `dead ${id}` }),
  handled: () => undefined,
} as unknown as FailureReports;
const builder = {
  record: ({ data }: { data: string }) => put(Buffer.from(data)),
} as unknown as RecordBuilder;

const failpoint = dyingAt(kill);
const complain = (text: string) => console.error(text);
const consumer = new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
  group,
  topics: [input],
  instanceId: group,
  log: { info: () => undefined, warn: complain, error: complain },
  processor: ({ topic, partition }, member) => {
    const handler = new DivertingHandler(copying, {
      at: { group, topic, partition },
      plan: { ...pure(group, 'key'), delaysMs: [100], withinMs: 60_000 },
      lanes,
      ...system,
      reporter: new FailureReporter(builder, reports),
      service: 'spec',
      version: '1',
    });
    const place = { group, topic, partition, failpoint };
    return new TransactionalProcessor(new KafkaCluster(client.sibling('partition')), member, handler, place);
  },
});

consumer.start();
