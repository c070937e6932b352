import { projectionGroup, projections } from '@atelier/contracts';
import { LogPositions } from '@atelier/eventing';
import type { GroupName } from '@atelier/eventing/domain';
import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import pTimeout from 'p-timeout';
import { malformed, notSeenYet, Problem, unavailable } from '../problem/problem.ts';
import { problemOf } from '../problem/problem-of.ts';
import { type Place, placeText } from './consistency-token.ts';
import { type Flow, flowOf, flows, readsFrom } from './flows.ts';
import { PositionsQueries } from './positions.queries.ts';

/** What a command goes through before the read model shows what came of it. */
export interface Pipeline extends Flow {
  readonly projection: GroupName;
}

const pipeline = (flow: Flow, projection: GroupName): Pipeline => ({ ...flow, projection });

export const orderPipeline = pipeline(flows.orders, projectionGroup(projections.orders));
export const orderHistoryPipeline = pipeline(flows.orders, projectionGroup(projections.eventLog));
export const productPipeline = pipeline(flows.inventory, projectionGroup(projections.products));
export const deadLetterPipeline = pipeline(flows.deadLetters, projectionGroup(projections.deadLetters));
export const salesProjection = projectionGroup(projections.sales);
export const customersProjection = projectionGroup(projections.customers);
export const redriveJobPipeline = pipeline(flows.redriveJobs, projectionGroup(projections.deadLetters));

const lookEveryMs = 20;

/** How long is waited at most, and what is said then. */
interface Bound {
  readonly deadline: number;
  readonly late: () => Problem;
  /** Nobody waits any more once it fires. */
  readonly gone?: AbortSignal;
}

/**
 * Lets a reader say "there is none" truthfully, and lets a client read its own writes: a command that was accepted before, here or
 * at another gateway, may still be on its way.
 */
@Injectable()
export class Barrier {
  /** How long is waited at most. */
  readonly withinMs: number = 3_000;

  constructor(
    private readonly logs: LogPositions,
    private readonly positions: PositionsQueries,
  ) {}

  /** Returns when the read model shows all that was accepted for these aggregates before the call, or throws 503. */
  async caughtUp(pipeline: Pipeline, aggregateIds: readonly string[]): Promise<void> {
    const bound = { deadline: Date.now() + this.withinMs, late: behind };
    const partitions = new Set(aggregateIds.map((id) => this.logs.partitionOf(pipeline.commands, id)));
    await Promise.all(
      [...partitions].map(async (partition) => {
        const lastCommand = await answered(this.logs.end(pipeline.commands, partition), bound);
        await this.passed(pipeline, partition, lastCommand, bound);
      }),
    );
  }

  /**
   * Returns when the projection has seen these writes, or what came of them. A projection that does not read the events of a write
   * has nothing to see of it. Throws 503 when it takes too long, and 400 for a place that the log has not come to.
   */
  async seen(projection: GroupName, writes: readonly Place[], gone?: AbortSignal): Promise<void> {
    const deadline = Date.now() + this.withinMs;
    await Promise.all(
      writes.map(async (write) => {
        const late = () => notSeenYet(projection, placeText(write));
        await this.shows(projection, write, { deadline, late, ...(gone && { gone }) });
      }),
    );
  }

  private async shows(projection: GroupName, write: Place, bound: Bound): Promise<void> {
    const { topic, partition, offset } = write;
    const flow = flowOf(topic);
    if (!flow || !readsFrom(projection, flow.events)) return;
    try {
      if (topic === flow.commands) await this.passed({ ...flow, projection }, partition, offset, bound);
      else await reached(offset, bound, () => this.positions.next(projection, topic, partition));
    } catch (error) {
      await this.refuseBeyond(write);
      throw error;
    }
  }

  /** Commands and events are co-partitioned, so one partition of each is the whole way. */
  private async passed(pipeline: Pipeline, partition: number, lastCommand: bigint, bound: Bound) {
    const { commands, decider, events, projection } = pipeline;
    await reached(lastCommand, bound, () => this.logs.committed(decider, commands, partition));
    const lastEvent = await answered(this.logs.end(events, partition), bound);
    await reached(lastEvent, bound, () => this.positions.next(projection, events, partition));
  }

  /** Only asked about what nobody has seen in time: a leader that was elected just now may not know its end yet. */
  private async refuseBeyond(write: Place): Promise<void> {
    const { topic, partition, offset } = write;
    const asked = this.logs.end(topic, partition).catch(() => offset);
    const end = await pTimeout(asked, { milliseconds: endWithinMs, fallback: () => offset });
    if (offset > end)
      throw malformed(
        `Consistency-Token: ${placeText(write)} is no place of this log: send one that a write gave`,
        {
          header: 'Consistency-Token',
        },
      );
  }
}

const endWithinMs = 500;

async function reached(goal: bigint, bound: Bound, position: () => Promise<bigint>): Promise<void> {
  while ((await answered(position(), bound)) < goal) {
    if (Date.now() > bound.deadline || bound.gone?.aborted) throw bound.late();
    await sleep(lookEveryMs);
  }
}

async function answered(question: Promise<bigint>, { deadline, late }: Bound): Promise<bigint> {
  const milliseconds = Math.max(1, deadline - Date.now());
  try {
    return await pTimeout(question, { milliseconds, message: late() });
  } catch (error) {
    throw problemOf(error).status === 503 ? error : unavailable('Kafka does not answer', error);
  }
}

const behind = () => unavailable('What was accepted lately is not in the read model yet: ask again');
