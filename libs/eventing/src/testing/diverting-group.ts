import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import type { Outages } from '../failures/outage.ts';
import { deadLetterTopic, type GroupSpec, redriveTopic, sideLanes } from '../domain/index.ts';
import { redriveCopy, releaseMark } from '../failures/copies.ts';
import { DivertingHandler } from '../engine/groups/diverting-handler.ts';
import { originalOf, readFailure } from '../failures/failure-headers.ts';
import { type FailurePlan, pure } from '../failures/failure-plan.ts';
import type { Failure } from '../failures/failure.ts';
import { FailureReporter } from '../failures/reporter.ts';
import { decoded, mayBe, valuesOf } from '../serde/received-records.ts';
import type { RecordHandler } from '../failures/record-handler.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { Failpoint } from '../engine/failpoints.ts';
import { GroupConsumer } from '../engine/group-consumer.ts';
import { type Guarantee, processorFor } from '../engine/guarantee.ts';
import { committedOffset, logEnd } from '../kafka/positions.ts';
import { type ConsumedRecord, header } from '../log/record.ts';
import { derivedId } from '../serde/message-id.ts';
import { doors, type Rung } from './doors.ts';
import { system } from '../time/system-clock.ts';
import { readTopic } from './read-topic.ts';
import { writeAsLibrary } from './written-by-library.ts';

/** One call of the handler; `run` counts the consumers that were started, from 1. */
export interface Try {
  readonly id: string;
  readonly at: number;
  readonly run: number;
  readonly partition: number;
}

export interface DivertingGroupSpec extends Pick<GroupSpec, 'kind' | 'retries' | 'parks'> {
  readonly plan?: Partial<FailurePlan>;
  readonly partitions?: number;
  readonly maxParkedKeys?: number;
}

export interface DivertingRun {
  readonly guarantee?: Guarantee;
  readonly failpoint?: Failpoint;
  readonly outages?: Outages;
  /** Other brokers' addresses than those of the specs: a proxy's. */
  readonly client?: KafkaClient;
  readonly concerns?: (record: ConsumedRecord) => boolean;
}

/** What is thrown at a try, if anything. */
export type Fails = (rung: Rung['data'] & { readonly id: string }, tried: number, run: number) => unknown;

/** A group of the doors that fails as it is told, and answers each event that it handles with one command. */
export async function divertingGroup(client: KafkaClient, spec: DivertingGroupSpec, fails: Fails) {
  const { plan, partitions = 1, maxParkedKeys, ...rest } = spec;
  const parts = await doors(client, rest, partitions);
  const { group, events, commands, groupSpec, codec, builder, Open } = parts;
  const tries: Try[] = [];
  const consumers: GroupConsumer[] = [];
  let runs = 0;

  const handler = (run: number, concerns?: DivertingRun['concerns']): RecordHandler => ({
    concerns: concerns ?? ((record) => mayBe(codec, record, (type) => type === 'Rung')),
    prepare: (records) => codec.prepare(valuesOf(records)),
    handle: async (record) => {
      const { data, metadata } = decoded(codec, record);
      const { id, correlationId } = metadata;
      const rung = { ...(data as Rung['data']), id };
      tries.push({ id, at: Date.now(), run, partition: record.partition });
      const error = await fails(rung, tries.filter((each) => each.id === id).length, run);
      if (error !== undefined) throw error;
      const metadataOfAnswer = { id: derivedId(id, group, 0), time: 1, correlationId };
      return [builder.record(Open({ door: id }), metadataOfAnswer)];
    },
  });

  function start(options: DivertingRun = {}): GroupConsumer {
    const run = ++runs;
    const { guarantee = 'exactly-once', failpoint, outages, client: own = client, concerns } = options;
    const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const consumer = new GroupConsumer(new KafkaCluster(own.sibling('consumer')), {
      group,
      topics: [events],
      log: silent,
      ...(outages && { outages }),
      processor: ({ topic, partition }, member) => {
        const diverting = new DivertingHandler(handler(run, concerns), {
          at: { group, topic, partition },
          plan: { ...pure(group, 'none'), withinMs: 60_000, ...plan },
          lanes: sideLanes(groupSpec, topic),
          ...system,
          reporter: new FailureReporter(builder),
          service: 'spec',
          version: '1',
          lookEveryMs: 1_000,
          ...(maxParkedKeys !== undefined && { maxParkedKeys }),
        });
        return processorFor(guarantee, new KafkaCluster(own.sibling('worker')), member, diverting, {
          group,
          topic,
          partition,
          ...(failpoint && { failpoint }),
          lost: () => undefined,
        });
      },
    });
    consumers.push(consumer);
    consumer.start();
    return consumer;
  }

  const read = (topic: string) => readTopic(client, topic);
  const deadLetters = () => read(deadLetterTopic(group, events));
  const redrives = redriveTopic(group, events);

  /** Gives a dead letter back, as the redriver would. */
  const redrive = (letter: ConsumedRecord, value?: Buffer) =>
    writeAsLibrary(client, [
      redriveCopy(originalOf(letter), failureIn(letter), {
        topic: redrives,
        since: Date.now(),
        ...(value !== undefined && { value }),
      }),
    ]);

  const discard = (letter: ConsumedRecord) =>
    writeAsLibrary(client, [
      releaseMark({ id: failureIn(letter).id, group }, { ...originalOf(letter), key: letter.key }),
    ]);

  /** The ids of the events that were handled, in their order if there is one partition. */
  const handled = async () =>
    (await read(commands)).map(({ headers }) => header(headers, 'ce_subject') ?? '?');

  /** The group stands at the end of the source, and of what was given back to it. */
  async function cameToTheEnd(): Promise<boolean> {
    for (const topic of [events, redrives])
      for (const partition of (await client.topic(topic)).leaders.keys()) {
        const position = await committedOffset(client, group, topic, partition);
        if (position < (await logEnd(client, topic, partition))) return false;
      }
    return true;
  }

  const stop = () => Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
  return {
    ...parts,
    tries,
    start,
    read,
    deadLetters,
    redrive,
    discard,
    handled,
    cameToTheEnd,
    stop,
  };
}

export type DivertingGroup = Awaited<ReturnType<typeof divertingGroup>>;

/** What the headers of a copy tell. */
export function failureIn({ headers }: Pick<ConsumedRecord, 'headers'>): Failure {
  const failure = readFailure(headers);
  if (!failure) throw new Error('This is no copy of a failed record');
  return failure;
}

export const retryable = (message: string) => Object.assign(new Error(message), { retryable: true });
export const fatal = (message: string) => Object.assign(new Error(message), { retryable: false });
