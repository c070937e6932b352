import type { Member } from '../engine/ports/membership.ts';
import type { TopicPartition } from '../log/log.ts';
import type { Performance } from '../engine/groups/effect-handler.ts';
import type { GroupProcess } from '../engine/guarantee.ts';
import type { Processor } from '../engine/worker/processor.ts';
import type { MessageCodec } from '../serde/message-codec.ts';
import type { HandledGroup } from './ports.ts';

/** One consumer group that this process will run. */
export interface Plan extends HandledGroup {
  /** The class that declares it; none for deciders, and for what the catalogue alone declares. */
  readonly handler?: string;
  readonly maxBatch?: number;
  /** Directory under which each partition has its own, named `topic-partition`. */
  readonly stored?: string;
  readonly processor: (assigned: TopicPartition, member: Member) => Processor;
}

/** What plans are made with. */
export interface PlanParts extends GroupProcess {
  readonly codec: MessageCodec;
  readonly performance: (group: string, type: string) => Performance;
}

/** The plans as lines of a table. */
export function describePlans(plans: readonly HandledGroup[]): string[] {
  return plans.map(({ group, kind, topics, handles, guarantee, onFailure }) =>
    [group, kind, topics.join(' + '), handles.join(', ') || 'everything', guarantee, onFailure].join(' | '),
  );
}
