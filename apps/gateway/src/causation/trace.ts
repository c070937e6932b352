import { catalogue } from '@atelier/contracts';
import { delayTopic, serviceOf } from '@atelier/eventing/domain';
import { readFailure } from '@atelier/eventing/failures';
import { type ConsumedRecord, header } from '@atelier/eventing/log';
import { toMetadata } from '@atelier/eventing/serde';
import type { CommittedEvent } from '../events/committed-event.ts';

/** A message on its topic, a command that waits for its time, or a copy of either that a failure has led to. */
export type TraceKind = 'command' | 'event' | 'delayed' | 'retry' | 'dead-letter' | 'redrive';

/** A record of the log, by what its headers say. */
export interface Trace {
  readonly kind: TraceKind;
  /** Of the message: copies have their original's. */
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly causationId: string | undefined;
  /** When it was written: milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  /** Who wrote it; of a copy, whose failure it was. */
  readonly service: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly traceparent: string | undefined;
  readonly failure: TracedFailure | undefined;
}

export interface TracedFailure {
  readonly deadLetterId: string;
  readonly group: string;
  readonly attempts: number;
  /** How often it had been given back by then. */
  readonly redrives: number;
  readonly error: { readonly class: string; readonly message: string };
  /** Where the record stands that failed. */
  readonly origin: { readonly topic: string; readonly partition: number; readonly offset: bigint };
}

/** Undefined for a record that no service here writes. */
export function traceOf(record: ConsumedRecord): Trace | undefined {
  const { topic, partition, offset, timestamp: time, headers } = record;
  const failure = failureIn(record);
  try {
    const { id, subject, causationId, source, traceparent } = toMetadata(record);
    const type = header(headers, 'ce_type') ?? '';
    const service = failure ? serviceOfGroup(failure.group) : source;
    const kind = kindOf(topic, failure !== undefined);
    return {
      kind,
      id,
      type,
      subject,
      causationId,
      time,
      service,
      topic,
      partition,
      offset,
      traceparent,
      failure,
    };
  } catch {
    return undefined;
  }
}

/** The same of an event, whose only writer is its decider. */
export function traceOfEvent(event: CommittedEvent): Trace {
  const { id, type, subject, causationId, topic, partition, offset } = event;
  const service = serviceOfGroup(deciderOf(topic));
  const time = Date.parse(event.time);
  return {
    ...{ kind: 'event', id, type, subject, causationId, time, service, topic, partition, offset },
    ...{ traceparent: undefined, failure: undefined },
  };
}

function failureIn({ headers }: ConsumedRecord): TracedFailure | undefined {
  const failure = readFailure(headers);
  if (!failure) return undefined;
  const { id: deadLetterId, group, attempts, redrives, last, place } = failure;
  const { topic, partition, offset } = place;
  return {
    ...{ deadLetterId, group, attempts, redrives, error: { class: last.errorClass, message: last.message } },
    origin: { topic, partition, offset },
  };
}

function kindOf(topic: string, isCopy: boolean): TraceKind {
  if (/\.retry\.\d+$/.test(topic)) return 'retry';
  if (topic.endsWith('.dlq')) return 'dead-letter';
  // A decider gets its dead letters back on its commands topic.
  if (isCopy) return 'redrive';
  return delayTopics.has(topic) ? 'delayed' : 'command';
}

const delayTopics = new Set(catalogue.topics.map(({ name }) => delayTopic(name)));

export const serviceOfGroup = (name: string) =>
  serviceOf(
    catalogue.groups.find(({ group }) => group === name) ?? { group: name, kind: 'policy', topics: [] },
  );

/** The one writer of an events topic. */
const deciderOf = (topic: string) => catalogue.topics.find(({ name }) => name === topic)?.writers[0] ?? topic;

/** In the order in which they were written; those of one moment in that in which one follows the other. */
export const inOrder = (a: Trace, b: Trace) =>
  a.time - b.time || rankOf(a) - rankOf(b) || Number(a.offset - b.offset);

const rankOf = ({ kind, failure }: Trace) => (failure?.redrives ?? 0) * ranks.length + ranks.indexOf(kind);
const ranks: readonly TraceKind[] = ['delayed', 'command', 'event', 'redrive', 'retry', 'dead-letter'];
