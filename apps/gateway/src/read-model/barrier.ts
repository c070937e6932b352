import { projectionGroup, projections } from '@atelier/contracts';
import { LogPositions } from '@atelier/eventing';
import type { GroupName } from '@atelier/eventing/domain';
import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import pTimeout from 'p-timeout';
import { noSuchPlace, notSeenYet, type Problem, unavailable } from '../problem/problem.ts';
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
export const productHistoryPipeline = pipeline(flows.inventory, projectionGroup(projections.eventLog));
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
    await Promise.all([...partitions].map((partition) => this.passed(pipeline, partition, bound)));
  }

  private async passed(pipeline: Pipeline, partition: number, bound: Bound): Promise<void> {
    const { commands, events, projection } = pipeline;
    const lastCommand = await answered(this.logs.end(commands, partition), bound);
    const lastEvent = await this.decided(pipeline, partition, lastCommand, bound);
    await reached(lastEvent, bound, () => this.positions.next(projection, events, partition));
  }

  /**
   * Waits until the projection has seen these writes, or what came of them, and answers its positions, which were read then. One that
   * does not read the events of a write has nothing to see of it. Throws 503 when it takes too long, and 400 for a place that the log
   * has not come to.
   */
  async seen(
    projection: GroupName,
    writes: readonly Place[] = [],
    gone?: AbortSignal,
  ): Promise<readonly Place[]> {
    const deadline = Date.now() + this.withinMs;
    const goals = await Promise.all(
      writes.map((write) => this.goalOf(projection, write, { deadline, ...(gone && { gone }) })),
    );
    for (;;) {
      const places = await this.positions.of(projection);
      const missed = goals.find((goal) => goal && places.some((place) => isBefore(place, goal)));
      if (!missed) return places;
      if (Date.now() > deadline || gone?.aborted) {
        await this.refuseBeyond(missed.write);
        throw notSeenYet(projection, placeText(missed.write));
      }
      await sleep(lookEveryMs);
    }
  }

  /** Where the projection has seen a write: where the events of it end. Undefined where there is nothing to see. */
  private async goalOf(
    projection: GroupName,
    write: Place,
    bound: Omit<Bound, 'late'>,
  ): Promise<Goal | undefined> {
    const flow = flowOf(write.topic);
    if (!flow || !readsFrom(projection, flow.events)) return undefined;
    if (write.topic === flow.events) return { ...write, write };
    const { partition, offset: command } = write;
    const late = () => notSeenYet(projection, placeText(write));
    try {
      const offset = await this.decided(flow, partition, command, { ...bound, late });
      return { topic: flow.events, partition, offset, write };
    } catch (error) {
      await this.refuseBeyond(write);
      throw error;
    }
  }

  /** Where the events end when the commands up to there were decided. They are co-partitioned: one partition of each is all. */
  private async decided(
    { commands, decider, events }: Flow,
    partition: number,
    command: bigint,
    bound: Bound,
  ): Promise<bigint> {
    await reached(command, bound, () => this.logs.committed(decider, commands, partition));
    return answered(this.logs.end(events, partition), bound);
  }

  /** Only asked about what nobody has seen in time: a leader that was elected just now may not know its end yet. */
  private async refuseBeyond(write: Place): Promise<void> {
    const { topic, partition, offset } = write;
    const asked = this.logs.end(topic, partition).catch(() => offset);
    const end = await pTimeout(asked, { milliseconds: endWithinMs, fallback: () => offset });
    if (offset > end) throw noSuchPlace(placeText(write));
  }
}

/** What a projection has to come to, and for the sake of which write. */
interface Goal extends Place {
  readonly write: Place;
}

const isBefore = (place: Place, goal: Place) =>
  place.topic === goal.topic && place.partition === goal.partition && place.offset < goal.offset;

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
