import { type AnyDecider, deadLetterTopic, type Metadata } from '@atelier/eventing/domain';
import { failureId, readFailure } from '@atelier/eventing/failures';
import { type ConsumedRecord, type Log, wholeEnd } from '@atelier/eventing/log';
import { type MessageCodec, open, type Opened, toMetadata } from '@atelier/eventing/serde';
import { believedCopy } from '../../libs/eventing/src/failures/believed-copies.ts';
import type { IgnoredRecords } from '../../libs/eventing/src/ignored/ignored-records.ts';
import { AnsweredCommands, type Decision, type HandledCommand } from './answered.ts';
import type { Step } from './step.ts';

/** Where histories are read from: the topics of a platform, running or in memory. */
export interface Topics {
  readonly log: Log;
  readonly codec: MessageCodec;
  /** What operators have decided about records that are no events. */
  readonly ignored: IgnoredRecords;
  /** Milliseconds for which the ids of handled commands are remembered at least. */
  readonly rememberMs: number;
  readonly signal: AbortSignal;
}

/**
 * The steps of all aggregates of a decider, partition by partition, those of one aggregate in their order. `passed` is called behind each
 * partition. Throws LogError.
 */
export async function* stepsOf(
  topics: Topics,
  rules: AnyDecider,
  passed: () => void = () => undefined,
): AsyncGenerator<Step> {
  const partitions = await partitionsOf(topics, rules);
  for (let partition = 0; partition < partitions; partition++) {
    yield* new RecordedPartition(topics, rules, partition).steps();
    passed();
  }
}

export const partitionsOf = async ({ log }: Topics, { events }: AnyDecider): Promise<number> =>
  (await log.topic(events.topic)).partitions;

/** One partition of a decider's commands and events. The commands that are kept are held in memory, the events are not. */
class RecordedPartition {
  private readonly topics: Topics;
  private readonly rules: AnyDecider;
  private readonly partition: number;

  constructor(topics: Topics, rules: AnyDecider, partition: number) {
    this.topics = topics;
    this.rules = rules;
    this.partition = partition;
  }

  async *steps(): AsyncGenerator<Step> {
    // The events come last: those of all commands before the position are there then.
    const answered = new AnsweredCommands(await this.commands(), this.topics.rememberMs);
    for await (const decision of this.decisions()) yield* answered.until(decision);
    yield* answered.rest();
  }

  /** Those that the decider has handled, without those that it gave up: of these nothing was decided. */
  private async commands(): Promise<HandledCommand[]> {
    const { log, codec, signal } = this.topics;
    const { group, commands } = this.rules;
    const { topic } = commands;
    const { offset: to } = await log.position(group, topic, this.partition, signal);
    const letters = await this.deadLetters();
    const found: HandledCommand[] = [];
    for await (const records of this.read(topic, to)) {
      const handled = records.filter((record) => !letters.has(this.attempt(record)));
      for (const opened of await open(codec, handled, () => true)) found.push(handledCommand(codec, opened));
    }
    return found;
  }

  /** The attempts that ended as dead letters. */
  private async deadLetters(): Promise<ReadonlySet<string>> {
    const topic = deadLetterTopic(this.rules.group, this.rules.commands.topic);
    const to = await wholeEnd(this.topics.log, topic, this.partition, this.topics.signal);
    const letters = new Set<string>();
    for await (const records of this.read(topic, to)) {
      for (const { headers } of records) {
        const failure = readFailure(headers);
        if (failure) letters.add(`${failure.id} ${failure.redrives}`);
      }
    }
    return letters;
  }

  /** Which dead letter it would be, if it was one: a command that was given back has the number of its redrive. */
  private attempt(record: ConsumedRecord): string {
    const { group } = this.rules;
    const { before } = believedCopy(record, { group, topic: record.topic, partition: record.partition });
    return before ? `${before.id} ${before.redrives}` : `${failureId(group, record)} 0`;
  }

  private async *decisions(): AsyncGenerator<Decision> {
    const { log, codec, ignored, signal } = this.topics;
    const at = { topic: this.rules.events.topic, partition: this.partition };
    const to = await wholeEnd(log, at.topic, at.partition, signal);
    const left = await ignored.offsetsIn(log, at, signal);
    let decision: { readonly metadata: Metadata; readonly events: Opened[] } | undefined;
    for await (const records of this.read(at.topic, to)) {
      const events = records.filter(({ offset }) => !left.has(offset));
      for (const opened of await open(codec, events, () => true)) {
        const metadata = metadataOf(opened.record);
        if (decision && haveOneCause(decision.metadata, metadata)) decision.events.push(opened);
        else {
          if (decision) yield decision;
          decision = { metadata, events: [opened] };
        }
      }
    }
    if (decision) yield decision;
  }

  private async *read(topic: string, to: bigint): AsyncGenerator<readonly ConsumedRecord[]> {
    const { log, signal } = this.topics;
    const from = await log.start(topic, this.partition, signal);
    for await (const { records } of log.read(topic, this.partition, { from, to, signal })) yield records;
  }
}

function handledCommand(codec: MessageCodec, opened: Opened): HandledCommand {
  const { id, requestHash } = metadataOf(opened.record);
  return { aggregate: aggregateOf(codec, opened), id, requestHash, opened };
}

/** As its decider has it: by the data, whatever else was written beside it. */
function aggregateOf(codec: MessageCodec, opened: Opened): string {
  const [message] = 'messages' in opened ? opened.messages : [];
  if (!message) return opened.record.key?.toString() ?? '';
  return String((message.data as Readonly<Record<string, unknown>>)[codec.typeOf(message.type).key]);
}

function metadataOf(record: ConsumedRecord): Metadata {
  try {
    return toMetadata(record);
  } catch (cause) {
    const { topic, partition, offset } = record;
    const why = (cause as Error).message;
    throw new Error(`${topic}-${partition} offset ${offset} is no message of its topic: ${why}`, { cause });
  }
}

const haveOneCause = (one: Metadata, other: Metadata) =>
  one.causationId !== undefined &&
  one.subject === other.subject &&
  one.causationId === other.causationId &&
  one.requestHash === other.requestHash;
