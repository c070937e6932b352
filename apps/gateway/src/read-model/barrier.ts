import { LogPositions } from '@atelier/eventing';
import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import pTimeout from 'p-timeout';
import { unavailable } from '../problem/problem.ts';
import { problemOf } from '../problem/problem-of.ts';
import { PositionsQueries } from './positions.queries.ts';

/** The way of a command into the read model. */
export interface Journey {
  readonly commands: string;
  readonly decider: string;
  readonly events: string;
  readonly projection: string;
}

export const orderJourney: Journey = {
  commands: 'orders.commands',
  decider: 'orders.decider',
  events: 'orders.events',
  projection: 'projections.orders.v1',
};

export const productJourney: Journey = {
  commands: 'inventory.commands',
  decider: 'inventory.decider',
  events: 'inventory.events',
  projection: 'projections.products.v1',
};

export const deadLetterJourney: Journey = {
  commands: 'dead-letters.commands',
  decider: 'dead-letters.decider',
  events: 'dead-letters.events',
  projection: 'projections.dead-letters.v1',
};

export const redriveJobJourney: Journey = {
  commands: 'redrive-jobs.commands',
  decider: 'redrive-jobs.decider',
  events: 'redrive-jobs.events',
  projection: 'projections.dead-letters.v1',
};

export const historyJourney: Journey = { ...orderJourney, projection: 'projections.event-log.v1' };

const patienceMs = 3_000;
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
  async caughtUp(journey: Journey, aggregateIds: readonly string[]): Promise<void> {
    const deadline = Date.now() + patienceMs;
    const partitions = new Set(aggregateIds.map((id) => this.logs.partitionOf(journey.commands, id)));
    await Promise.all([...partitions].map((partition) => this.travelled(journey, partition, deadline)));
  }

  /** Commands and events are co-partitioned, so one partition of each is the whole way. */
  private async travelled(journey: Journey, partition: number, deadline: number): Promise<void> {
    const { commands, decider, events, projection } = journey;
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
