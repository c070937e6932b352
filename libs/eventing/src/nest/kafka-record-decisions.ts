import { Inject, Injectable } from '@nestjs/common';
import { DECISIONS_TOPIC } from '../domain/index.ts';
import { covers, decisionRecord, type IgnoredRecord, type RecordPlace } from '../ignored/ignored-record.ts';
import { IgnoredRecords } from '../ignored/ignored-records.ts';
import { refusalOf } from '../ignored/refusal.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { LogAppender } from '../kafka/log-appender.ts';
import { committedRecordAt } from '../kafka/record-at.ts';
import type { ConsumedRecord } from '../kafka/record.ts';
import type { MessageCodec } from '../serde/message-codec.ts';
import { Engine } from './engine.ts';
import { EVENTING_OPTIONS, type EventingOptions } from './eventing-options.ts';
import { type IgnoreRequest, type IgnoreResult, RecordDecisions } from './ports.ts';

/** Milliseconds that a look into a log may take. */
const LOOK_MS = 5_000;

type Refusal = Extract<IgnoreResult, { type: 'refused' }>['refusal'];

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
    return this.decisions.all(this.client, AbortSignal.timeout(LOOK_MS));
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
    const refusal = await this.refusal(at, request.force);
    if (refusal) return { type: 'refused', refusal };
    const { operator, reason } = request;
    const decision = { ...at, lastOffset: at.offset, operator, reason };
    await this.appender.append(decisionRecord(this.decisionsTopic, decision));
    // Somebody else may have been faster: the first decision counts.
    const first = await this.decisionAbout(at);
    if (!first)
      throw new Error(`The decision about ${at.topic}-${at.partition}/${at.offset} is not to be found`);
    return { type: 'ignored', decision: first };
  }

  private async decisionAbout(
    at: RecordPlace & { readonly topicId: string },
  ): Promise<IgnoredRecord | undefined> {
    return (await this.ignored()).find((decision) => covers(decision, at));
  }

  private async refusal(at: RecordPlace, force: boolean): Promise<Refusal | undefined> {
    // Topics of a contract that are kept for ever are those that are folded.
    const isFolded = this.options.contracts.some(({ topic: name }) => name === at.topic);
    if (!isFolded || this.topic(at.topic)?.retentionMs !== -1) return 'not-events';
    const record = await this.find(at);
    return record ? refusalOf(this.codec, record, force) : 'unknown';
  }

  private async topicId(topic: string): Promise<string> {
    return (await this.client.topic(topic)).id;
  }

  private get decisionsTopic(): string {
    const { topic } = this.decisions;
    if (topic === undefined)
      throw new Error(`The catalogue has no topic ${DECISIONS_TOPIC}: add it, then deploy`);
    return topic;
  }

  private topic(name: string) {
    return this.options.catalogue.topics.find((topic) => topic.name === name);
  }
}
