import { LogPositions, PastRecords } from '@atelier/eventing';
import { Injectable } from '@nestjs/common';
import type { CommittedEvent } from '../events/committed-event.ts';
import { EventLogQueries } from '../events/event-log.queries.ts';
import { inTime, throwOutage } from '../problem/in-time.ts';
import { orderPipeline, productPipeline } from '../read-model/barrier.ts';
import { type Performance, CausationTree } from './causation-tree.ts';
import { CausationQueries, type CorrelatedEvent } from './causation.queries.ts';
import type { Causation } from './causation.schema.ts';
import { type Effects, effectsIn } from './effects.ts';
import { type Lane, lanesOf } from './lanes.ts';
import { commandsAbout } from './sent-commands.ts';
import { inOrder, type Trace, traceOf, traceOfEvent } from './trace.ts';

/** Events of an order that are followed. */
const MOST_EVENTS = 500;
/** Commands about them that are followed. */
const MOST_COMMANDS = 50_000;
/** Records that are looked at in one partition. */
const MOST_RECORDS = 20_000;
/** Nodes that are shown. */
const MOST_NODES = 2_000;

const document = new URL('../asyncapi/asyncapi.json', import.meta.url);

/** What is known of a flow before the log is read. */
interface Known {
  readonly events: readonly Trace[];
  readonly correlationIds: ReadonlySet<string>;
  readonly times: readonly number[];
  readonly skus: readonly string[];
  readonly complete: boolean;
}

/** Who has caused what, from the request to the e-mail: by the headers of the records, and by nothing that was written for it. */
@Injectable()
export class OrderCausation {
  private effects: Promise<Effects> | undefined;

  constructor(
    private readonly queries: CausationQueries,
    private readonly log: EventLogQueries,
    private readonly records: PastRecords,
    private readonly positions: LogPositions,
  ) {}

  /** Undefined where nothing is known of this order, neither events nor commands that were set aside. */
  async of(orderId: string): Promise<Causation | undefined> {
    const known = await this.known(orderId);
    if (known.times.length === 0) return undefined;
    const { traces: found, unread } = await this.read(orderId, known).catch(throwOutage);
    const traces = [...known.events, ...found];
    const letters = new Set(traces.flatMap(({ failure }) => failure?.deadLetterId ?? []));
    const decisions = letters.size > 0 ? await this.queries.decisions([...letters]) : [];
    const performances = await this.performances(traces).catch(throwOutage);
    const nodes = new CausationTree({ traces, decisions, performances, lines: known.skus.length }).nodes(
      MOST_NODES + 1,
    );
    const complete = known.complete && unread.length === 0 && nodes.length <= MOST_NODES;
    return { orderId, complete, unread, nodes: nodes.slice(0, MOST_NODES) };
  }

  private async known(orderId: string): Promise<Known> {
    const [ofOrder, setAside] = await Promise.all([
      this.queries.ofOrder(orderId, MOST_EVENTS),
      this.queries.setAside(orderId),
    ]);
    const correlationIds = new Set([
      ...ofOrder.map(({ correlationId }) => correlationId),
      ...setAside.map(({ id }) => id),
    ]);
    const skus = [...new Set(ofOrder.flatMap(skusIn))];
    const ofProducts = await this.ofProducts(ofOrder, skus.length);
    const events = [...ofOrder.map(({ event }) => event), ...ofProducts].map(traceOfEvent);
    const times = [...events.map(({ time }) => time), ...setAside.flatMap((command) => command.times)];
    const complete = ofOrder.length < MOST_EVENTS;
    return { events, correlationIds, times, skus, complete };
  }

  /** What policies have had done about an order with its products, by one command for each line at most. */
  private async ofProducts(ofOrder: readonly CorrelatedEvent[], lines: number): Promise<CommittedEvent[]> {
    const commands = ofOrder.flatMap(({ event }) => commandsAbout(event, lines)).slice(0, MOST_COMMANDS);
    const caused = commands.length > 0 ? await this.log.causedBy(commands.map(({ id }) => id)) : [];
    return caused.filter(({ topic }) => topic === productPipeline.events);
  }

  private async read(orderId: string, { correlationIds: ids, times, skus }: Known) {
    const ofProducts = new Set(skus.map((sku) => this.positions.partitionOf(productPipeline.commands, sku)));
    const lanes = [
      ...lanesOf(orderPipeline, this.positions.partitionOf(orderPipeline.commands, orderId), times),
      ...[...ofProducts].flatMap((partition) => lanesOf(productPipeline, partition, times)),
    ];
    const found = await Promise.all(lanes.map((lane) => this.readLane(lane, ids)));
    return {
      traces: found.flatMap(({ traces }) => traces),
      unread: found.flatMap(({ unread }) => unread),
    };
  }

  private async readLane({ topic, partition, windows }: Lane, ids: ReadonlySet<string>) {
    const correlation = { ids, windows, most: MOST_RECORDS };
    const { records, stoppedAt } = await this.records.correlated({ topic, partition }, correlation);
    const traces = records.map(traceOf).filter((trace) => trace !== undefined);
    return { traces, unread: stoppedAt === undefined ? [] : [{ topic, partition, from: stoppedAt }] };
  }

  /** What effects have made of the events: each stands at the event, or at the last copy that its group has made of it. */
  private async performances(traces: readonly Trace[]): Promise<Performance[]> {
    const effects = await (this.effects ??= effectsIn(document));
    const standing = [...effects].flatMap(([group, types]) =>
      traces
        .filter(({ kind, type }) => kind === 'event' && types.has(type))
        .map((event) => ({ group, at: lastCopy(traces, event, group) }))
        .filter(({ at }) => at.kind !== 'dead-letter'),
    );
    return Promise.all(
      standing.map(async ({ group, at }) => {
        const position = await inTime(this.positions.committed(group, at.topic, at.partition));
        return { group, at, performed: position > at.offset };
      }),
    );
  }
}

const lastCopy = (traces: readonly Trace[], event: Trace, group: string) =>
  traces
    .filter(({ id, failure }) => id === event.id && failure?.group === group)
    .sort(inOrder)
    .at(-1) ?? event;

/** The products that an event of an order names. */
function skusIn({ event }: CorrelatedEvent): string[] {
  const { lines = [], sku } = event.data as { lines?: readonly { sku: string }[]; sku?: string };
  return [...lines.map((line) => line.sku), ...(sku === undefined ? [] : [sku])];
}
