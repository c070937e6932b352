import {
  DeadLettersCommands,
  DeadLettersEvents,
  InventoryCommands,
  InventoryEvents,
  OrdersCommands,
  OrdersEvents,
  projectionGroup,
  projections,
  RedriveJobsCommands,
  RedriveJobsEvents,
} from '@atelier/contracts';
import { LogPositions } from '@atelier/eventing';
import type { GroupName } from '@atelier/eventing/domain';
import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import pTimeout from 'p-timeout';
import { unavailable } from '../problem/problem.ts';
import { problemOf } from '../problem/problem-of.ts';
import { PositionsQueries } from './positions.queries.ts';

/** What a command goes through before the read model shows what came of it. */
export interface Pipeline {
  readonly commands: string;
  readonly decider: GroupName;
  readonly events: string;
  readonly projection: GroupName;
}

export const orderPipeline: Pipeline = {
  commands: OrdersCommands.topic,
  decider: 'orders.decider',
  events: OrdersEvents.topic,
  projection: projectionGroup(projections.orders),
};

export const orderHistoryPipeline: Pipeline = {
  ...orderPipeline,
  projection: projectionGroup(projections.eventLog),
};

export const productPipeline: Pipeline = {
  commands: InventoryCommands.topic,
  decider: 'inventory.decider',
  events: InventoryEvents.topic,
  projection: projectionGroup(projections.products),
};

export const productHistoryPipeline: Pipeline = {
  ...productPipeline,
  projection: projectionGroup(projections.eventLog),
};

export const deadLetterPipeline: Pipeline = {
  commands: DeadLettersCommands.topic,
  decider: 'dead-letters.decider',
  events: DeadLettersEvents.topic,
  projection: projectionGroup(projections.deadLetters),
};

export const redriveJobPipeline: Pipeline = {
  commands: RedriveJobsCommands.topic,
  decider: 'redrive-jobs.decider',
  events: RedriveJobsEvents.topic,
  projection: projectionGroup(projections.deadLetters),
};

const catchUpWithinMs = 3_000;
const lookEveryMs = 20;

/**
 * Lets a reader say "there is none" truthfully: a command that was accepted before, here or at another
 * gateway, may still be on its way.
 */
@Injectable()
export class Barrier {
  constructor(
    private readonly logs: LogPositions,
    private readonly positions: PositionsQueries,
  ) {}

  /** Returns when the read model shows all that was accepted for these aggregates before the call, or throws 503. */
  async caughtUp(pipeline: Pipeline, aggregateIds: readonly string[]): Promise<void> {
    const deadline = Date.now() + catchUpWithinMs;
    const partitions = new Set(aggregateIds.map((id) => this.logs.partitionOf(pipeline.commands, id)));
    await Promise.all([...partitions].map((partition) => this.passed(pipeline, partition, deadline)));
  }

  /** Commands and events are co-partitioned, so one partition of each is the whole way. */
  private async passed(pipeline: Pipeline, partition: number, deadline: number): Promise<void> {
    const { commands, decider, events, projection } = pipeline;
    const lastCommand = await answered(this.logs.end(commands, partition), deadline);
    await reached(lastCommand, deadline, () => this.logs.committed(decider, commands, partition));
    const lastEvent = await answered(this.logs.end(events, partition), deadline);
    await reached(lastEvent, deadline, () => this.positions.next(projection, events, partition));
  }
}

async function reached(goal: bigint, deadline: number, position: () => Promise<bigint>): Promise<void> {
  while ((await answered(position(), deadline)) < goal) {
    if (Date.now() > deadline) throw behind();
    await sleep(lookEveryMs);
  }
}

async function answered(question: Promise<bigint>, deadline: number): Promise<bigint> {
  const milliseconds = Math.max(1, deadline - Date.now());
  try {
    return await pTimeout(question, { milliseconds, message: behind() });
  } catch (error) {
    throw problemOf(error).status === 503 ? error : unavailable('Kafka does not answer', error);
  }
}

const behind = () => unavailable('What was accepted lately is not in the read model yet: ask again');
