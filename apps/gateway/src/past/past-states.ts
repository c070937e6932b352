import { jsonData } from '@atelier/contracts';
import { orderFold, stockFold } from '@atelier/contracts/aggregates';
import { PastRecords, type Placed } from '@atelier/eventing';
import { type AnyFold, evolve } from '@atelier/eventing/domain';
import { Injectable } from '@nestjs/common';
import { type EventPlace, EventLogQueries } from '../events/event-log.queries.ts';
import { throwOutage } from '../problem/in-time.ts';
import { Problem } from '../problem/problem.ts';
import {
  Barrier,
  orderHistoryPipeline,
  type Pipeline,
  productHistoryPipeline,
} from '../read-model/barrier.ts';
import type { Moment } from './moment.ts';
import type { PastState } from './past.schema.ts';

/** What can be shown as it was: its decider's fold, and what its events go through. */
export interface Aggregate {
  readonly name: string;
  readonly fold: AnyFold;
  readonly pipeline: Pipeline;
}

export const orderAggregate: Aggregate = { name: 'Order', fold: orderFold, pipeline: orderHistoryPipeline };
export const productAggregate: Aggregate = {
  name: 'Product',
  fold: stockFold,
  pipeline: productHistoryPipeline,
};

/** An event, the state that it met and the one that it made. */
export interface Step {
  readonly event: Placed;
  readonly before: unknown;
  readonly after: unknown;
}

/** Events that are folded for one request. */
const MOST_EVENTS = 100_000;
/** Events that are shown with their states. */
const MOST_STEPS = 1_000;

/** States of the past, folded from the log by the decider's own `evolve`. */
@Injectable()
export class PastStates {
  constructor(
    private readonly index: EventLogQueries,
    private readonly records: PastRecords,
    private readonly barrier: Barrier,
  ) {}

  /**
   * The state at a moment; undefined where nothing ever happened to this id. Throws 404, with the range that there is, for a moment
   * that has no state, and 422 for one that too many events lead to.
   */
  async at(aggregate: Aggregate, id: string, moment: Moment): Promise<PastState | undefined> {
    const known = await this.known(aggregate, id, moment);
    const [first, last] = [known.at(0), known.at(-1)];
    if (!first || !last) return undefined;
    const wanted = known.slice(0, known.findLastIndex(isReachedBy(moment)) + 1);
    if (wanted.length > MOST_EVENTS) throw tooLong(aggregate, id, MOST_EVENTS);
    if (wanted.length === 0 || ('version' in moment && moment.version > last.version))
      throw noSuchState(aggregate, id, moment, { first, last });
    const maybeBehind = 'at' in moment && wanted.length === known.length;
    const stale = maybeBehind && (await this.index.isParked(aggregate.pipeline, id));
    let reached: Step | undefined;
    for await (const step of this.steps(aggregate, wanted)) reached = step;
    return reached && { ...pastState(reached), ...(stale && { stale }) };
  }

  /** What each of its events did to it, oldest first; none where nothing ever happened to this id. */
  async all(aggregate: Aggregate, id: string): Promise<Step[]> {
    const places = await this.index.places(aggregate.pipeline.events, id, MOST_STEPS + 1);
    if (places.length > MOST_STEPS) throw tooLong(aggregate, id, MOST_STEPS);
    const steps: Step[] = [];
    for await (const step of this.steps(aggregate, places)) steps.push(step);
    return steps;
  }

  /** Its events, those of the moment among them if there are any: what has happened lately may be on its way to the read model. */
  private async known({ pipeline }: Aggregate, id: string, moment: Moment): Promise<EventPlace[]> {
    const look = () => this.index.places(pipeline.events, id, MOST_EVENTS + 1);
    const known = await look();
    if (known.some(isBeyond(moment))) return known;
    await this.barrier.caughtUp(pipeline, [id]);
    return look();
  }

  private async *steps({ fold }: Aggregate, places: readonly EventPlace[]): AsyncGenerator<Step> {
    if (places.some(({ version }, index) => version !== index + 1))
      throw new Error(`The event log lacks events of ${fold.events.topic}: its versions have a gap`);
    let state = fold.initial;
    for await (const events of this.read(fold.events.topic, places))
      for (const event of events) {
        const before = state;
        state = evolve(fold, before, event);
        yield { event, before, after: state };
      }
  }

  /** All events of an aggregate are in one partition. */
  private async *read(topic: string, places: readonly EventPlace[]): AsyncGenerator<readonly Placed[]> {
    const offsets = places.map(({ offset }) => offset);
    try {
      yield* this.records.messagesAt({ topic, partition: places[0]?.partition ?? 0 }, offsets);
    } catch (error) {
      throwOutage(error);
    }
  }
}

/** A state as JSON has it. */
export const shownState = (state: unknown) => jsonData(state) as PastState['state'];

const isReachedBy =
  (moment: Moment) =>
  ({ version, time }: EventPlace) =>
    'version' in moment ? version <= moment.version : time <= moment.at;

/** Whether nothing that is still to come can belong to the moment. */
const isBeyond =
  (moment: Moment) =>
  ({ version, time }: EventPlace) =>
    'version' in moment ? version >= moment.version : time > moment.at;

function pastState({ event, after }: Step): PastState {
  const { type, metadata, position } = event;
  const { version = 0, time } = metadata;
  return { version, type, time: timeText(time), ...position, state: shownState(after) };
}

type Range = { readonly first: EventPlace; readonly last: EventPlace };

function noSuchState({ name }: Aggregate, id: string, moment: Moment, range: Range): Problem {
  const first = end(range.first);
  const last = end(range.last);
  const asked = 'version' in moment ? `version ${moment.version}` : `state at ${timeText(moment.at)}`;
  const detail = `${name} ${id} has no ${asked}: it has versions ${first.version} to ${last.version}, from ${first.time} to ${last.time}`;
  return new Problem(404, 'no-such-state', detail, { extensions: { first, last } });
}

const end = ({ version, time }: EventPlace) => ({ version, time: timeText(time) });

const timeText = (time: number) => new Date(time).toISOString();

const tooLong = ({ name }: Aggregate, id: string, most: number) =>
  new Problem(
    422,
    'history-too-long',
    `${name} ${id} has more than ${most} events up to there, which is as many as are folded for one request: ask for an earlier version`,
  );
