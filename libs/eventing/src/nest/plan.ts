import type { GroupSpec } from '../domain/index.ts';
import type { Performance } from '../engine/groups/effect-handler.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { GroupMember } from '../kafka/group-member.ts';
import type { Processor } from '../engine/partition-worker.ts';
import type { AssignedPartition } from '../kafka/wire/group-protocol.ts';
import type { MessageCodec } from '../serde/message-codec.ts';

/** One consumer group that this process will run, as it is printed at boot. */
export interface Plan {
  readonly group: string;
  readonly kind: GroupSpec['kind'];
  readonly topics: readonly string[];
  readonly handles: readonly string[];
  readonly guarantee: string;
  /** What happens to a record that cannot be handled. */
  readonly onFailure: string;
  readonly maxBatch?: number;
  /** Directory under which each partition has its own, named `topic-partition`. */
  readonly stored?: string;
  readonly processor: (assigned: AssignedPartition, member: GroupMember) => Processor;
}

/** What plans are made with. */
export interface PlanParts {
  readonly client: KafkaClient;
  readonly codec: MessageCodec;
  readonly performance: (group: string, type: string) => Performance;
}

/** The plans as lines of a table. */
export function describePlans(plans: readonly Plan[]): string[] {
  return plans.map(({ group, kind, topics, handles, guarantee, onFailure }) =>
    [group, kind, topics.join(' + '), handles.join(', ') || 'everything', guarantee, onFailure].join(' | '),
  );
}
