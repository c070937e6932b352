import { KafkaLog } from '../kafka/kafka-log.ts';
import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import { type Received, redriveTopic } from '../domain/index.ts';
import { DivertingHandler } from '../engine/groups/diverting-handler.ts';
import { pure } from '../failures/failure-plan.ts';
import type { DeadLetterAt } from '../failures/find-dead-letters.ts';
import { FailureReporter } from '../failures/reporter.ts';
import {
  RedriveHandler,
  type RedriveOrder,
  type Released,
  type TargetOf,
} from '../engine/groups/redrive-handler.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { Failpoint } from '../engine/failpoints.ts';
import { type ConsumerLog, GroupConsumer } from '../engine/group-consumer.ts';
import { processorFor } from '../engine/guarantee.ts';
import type { OutgoingRecord } from '../log/record.ts';
import { failureIn } from './diverting-group.ts';
import type { Doors, Rung } from './doors.ts';
import { system } from '../time/system-clock.ts';

/** What an event of the doors asks of the redriver: the name of its door, as JSON. */
type Asked =
  { readonly letter: DeadLetterAt; readonly value: string | null } | { readonly released: Released };

/** For a dead letter, written or not. */
export function askToRedrive(
  { headers }: Pick<OutgoingRecord, 'headers'>,
  value: Buffer | null = null,
): string {
  const { id, group, redrives, last, place } = failureIn({ headers });
  const { topic, partition } = place;
  const letter = { group, topic, partition, deadLetterId: id, redrives, failedAt: last.at };
  return JSON.stringify({ letter, value: value && value.toString('base64') } satisfies Asked);
}

export const askToRelease = (released: Released): string => JSON.stringify({ released } satisfies Asked);

interface Redriver extends Pick<Doors, 'group' | 'events' | 'codec' | 'builder' | 'Open'> {
  readonly targetOf: TargetOf;
  readonly failpoint?: Failpoint;
  readonly log: ConsumerLog;
  /** Of a member that keeps its partitions when its process is killed and started again. */
  readonly instanceId?: string;
}

/** Back on the redrive topic of the group that failed. */
export const onRedriveTopic: TargetOf = (group, source) => ({
  topic: redriveTopic(group, source),
  maxBytes: 1_000_000,
});

/** The redriver as a group of the doors. What it tells are doors named after what became of a dead letter: `sent/<id>`. */
export function redriver(client: KafkaClient, { group, events, codec, builder, Open, ...options }: Redriver) {
  const { targetOf, failpoint, log, instanceId } = options;
  const orders = {
    types: ['Rung'],
    order: ({ data }: Received) => orderOf((data as Rung['data']).door, Open),
  };
  const parts = { codec, builder, log: new KafkaLog(client.sibling('letters')), targetOf };
  const handler = new RedriveHandler(group, orders, parts);
  return new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
    group,
    topics: [events],
    log,
    ...(instanceId !== undefined && { instanceId }),
    processor: (assigned, member) => {
      const diverting = new DivertingHandler(handler, {
        at: { group, ...assigned },
        plan: pure(group, 'none'),
        lanes: [],
        ...system,
        reporter: new FailureReporter(builder),
        service: 'spec',
        version: '1',
      });
      const place = { group, ...assigned, lost: () => undefined, ...(failpoint && { failpoint }) };
      return processorFor(
        'exactly-once',
        new KafkaCluster(client.sibling('worker')),
        member,
        diverting,
        place,
      );
    },
  });
}

function orderOf(door: string, Open: Doors['Open']): RedriveOrder {
  const asked = JSON.parse(door) as Asked;
  if ('released' in asked) return { kind: 'release', released: asked.released };
  const { letter, value } = asked;
  const tell = (what: string) => Open({ door: `${what}/${letter.deadLetterId}` });
  const bytes = value === null ? null : Buffer.from(value, 'base64');
  return { kind: 'redrive', letter, value: bytes, sent: tell('sent'), notSent: tell };
}
