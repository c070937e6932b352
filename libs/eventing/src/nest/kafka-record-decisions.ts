import { KafkaLog } from '../kafka/reading/kafka-log.ts';
import { Inject, Injectable } from '@nestjs/common';
import { DECISIONS_TOPIC, topicUnknown } from '../domain/index.ts';
import { covers, decisionRecord, type IgnoredRecord, type RecordPlace } from '../ignored/ignored-record.ts';
import { IgnoredRecords } from '../ignored/ignored-records.ts';
import { refusalOf } from '../ignored/refusal.ts';
import type { KafkaClient } from '../kafka/client/client.ts';
import { LogAppender } from '../kafka/producing/log-appender.ts';
import { committedRecordAt } from '../kafka/reading/record-at.ts';
import { LogError } from '../log/errors.ts';
import type { ConsumedRecord } from '../log/record.ts';
import type { MessageCodec } from '../serde/message-codec.ts';
import { Engine } from './engine.ts';
import { EVENTING_OPTIONS, type EventingOptions } from './eventing-options.ts';
import { type IgnoreRequest, type IgnoreResult, RecordDecisions } from './ports.ts';

/** Milliseconds that a look into a log may take. */
const LOOK_MS = 5_000;

@Injectable()
export class KafkaRecordDecisions extends RecordDecisions {
  private readonly options: EventingOptions;
  private readonly client: KafkaClient;
  private readonly codec: MessageCodec;
  private readonly decisions: IgnoredRecords;
  private readonly appender: LogAppender;

  constructor(@Inject(EVENTING_OPTIONS) options: EventingOptions, engine: Engine, decisions: IgnoredRecords) {
    super();
    this.options = options;
    this.decisions = decisions;
    this.codec = engine.codec;
    this.client = engine.client.sibling('decisions');
    this.appender = new LogAppender(this.client);
  }

  override ignored(): Promise<readonly IgnoredRecord[]> {
    return this.decisions.all(new KafkaLog(this.client), AbortSignal.timeout(LOOK_MS));
  }

  override async find(at: RecordPlace): Promise<ConsumedRecord | undefined> {
    const partitions = this.topic(at.topic)?.partitions ?? 0;
    if (at.partition >= partitions) return undefined;
    if (at.topicId !== undefined && at.topicId !== (await this.topicId(at.topic))) return undefined;
    return committedRecordAt(this.client, at, AbortSignal.timeout(LOOK_MS));
  }

  override async ignore(place: RecordPlace, request: IgnoreRequest): Promise<IgnoreResult> {
    if (!this.topic(place.topic)) return { type: 'refused', refusal: 'unknown' };
    // A topic may have been made again under its name.
    this.client.forget();
    const at = { ...place, topicId: await this.topicId(place.topic) };
    const earlier = await this.decisionAbout(at);
    if (earlier) return { type: 'ignored', decision: earlier };
    const record = this.isFolded(at.topic) ? await this.find(at) : 'not-events';
    if (record === 'not-events' || !record) return { type: 'refused', refusal: record ?? 'unknown' };
    const refusal = await refusalOf(this.codec, record, request.force);
    if (refusal) return { type: 'refused', refusal };
    const { operator, reason } = request;
    const decision = { ...at, ...extentOf(record), operator, reason };
    await this.appender.append(decisionRecord(this.decisionsTopic, decision));
    // Somebody else may have been faster: the first decision counts.
    const first = await this.decisionAbout(at);
    if (!first)
      throw new LogError(
        'NOT_STABLE',
        `The decision about ${at.topic}-${at.partition}/${at.offset} is not to be found yet: ask again`,
        {
          retryable: true,
          fields: { topic: at.topic, partition: at.partition, offset: at.offset },
        },
      );
    return { type: 'ignored', decision: first };
  }

  private async decisionAbout(
    at: RecordPlace & { readonly topicId: string },
  ): Promise<IgnoredRecord | undefined> {
    return (await this.ignored()).find((decision) => covers(decision, at));
  }

  /** Topics of a contract that are kept for ever are those that are folded. */
  private isFolded(topic: string): boolean {
    return (
      this.options.contracts.some((contract) => contract.topic === topic) &&
      this.topic(topic)?.retentionMs === -1
    );
  }

  private async topicId(topic: string): Promise<string> {
    return (await this.client.topic(topic)).id;
  }

  private get decisionsTopic(): string {
    const { topic } = this.decisions;
    if (topic === undefined) throw topicUnknown(DECISIONS_TOPIC);
    return topic;
  }

  private topic(name: string) {
    return this.options.catalogue.topics.find((topic) => topic.name === name);
  }
}

/** A batch that cannot be read is decided about as a whole, whichever of its offsets was named. */
const extentOf = ({ offset, broken }: ConsumedRecord) => ({
  offset,
  lastOffset: broken?.lastOffset ?? offset,
});
