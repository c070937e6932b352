import { KafkaLog } from '../kafka/reading/kafka-log.ts';
import { readPartition } from '../kafka/reading/partition-reader.ts';
import { Injectable } from '@nestjs/common';
import { type Message, parksInTopic } from '../domain/index.ts';
import { type DeadLetterAt, findDeadLetter } from '../failures/find-dead-letters.ts';
import { keyBytes } from '../failures/key-text.ts';
import { parkedKey, ParkedTopic } from '../failures/parked-topic.ts';
import { committedOffset } from '../kafka/groups/stored-positions.ts';
import type { ConsumedRecord } from '../log/record.ts';
import { type Original, Undecodable } from '../serde/message-codec.ts';
import { Engine } from './engine.ts';
import { DeadLetterLog, type OfOtherRelease, type ParkedAt, type ParkedBehind } from './ports.ts';

/** Milliseconds that a look into a log may take. */
const LOOK_MS = 10_000;

@Injectable()
export class KafkaDeadLetterLog extends DeadLetterLog {
  private readonly engine: Engine;

  constructor(engine: Engine) {
    super();
    this.engine = engine;
  }

  override find(at: DeadLetterAt): Promise<ConsumedRecord | undefined> {
    return findDeadLetter(new KafkaLog(this.engine.client), at, AbortSignal.timeout(LOOK_MS));
  }

  override async decode(value: Buffer | null): Promise<Original | OfOtherRelease | undefined> {
    await this.engine.codec.prepare([value]);
    try {
      return this.engine.codec.original(value);
    } catch (error) {
      if (!(error instanceof Undecodable)) throw error;
      return error.unknown === undefined ? undefined : { unknown: error.unknown };
    }
  }

  override async encode(type: string, data: unknown): Promise<Buffer> {
    await this.engine.codec.ready();
    return this.engine.codec.encode({ type, data } as Message);
  }

  override async parkedBehind(at: ParkedAt, limit: number): Promise<ParkedBehind | undefined> {
    const range = await this.rangeOf(at);
    if (!range) return undefined;
    const { topic, partition } = at;
    const key = keyBytes(at.key);
    const offsets: bigint[] = [];
    const signal = AbortSignal.timeout(LOOK_MS);
    for await (const { records } of readPartition(this.engine.client, topic, partition, {
      ...range,
      signal,
    })) {
      for (const record of records) if (record.key?.equals(key)) offsets.push(record.offset);
      if (offsets.length > limit) break;
    }
    return { offsets: offsets.slice(0, limit), more: offsets.length > limit };
  }

  private async rangeOf({
    since,
    until,
    ...at
  }: ParkedAt): Promise<{ from: bigint; to: bigint } | undefined> {
    if (since !== undefined && until !== undefined) return { from: since, to: until };
    const { client } = this.engine;
    if (!this.hasMarks(at)) return undefined;
    const { marks } = await new ParkedTopic(at).read(new KafkaLog(client), AbortSignal.timeout(LOOK_MS));
    const mark = marks.get(parkedKey(keyBytes(at.key)));
    if (mark?.failureId !== at.deadLetterId) return undefined;
    return { from: mark.since, to: await committedOffset(client, at.group, at.topic, at.partition) };
  }

  private hasMarks({ group, topic }: ParkedAt): boolean {
    const { catalogue } = this.engine;
    const spec = catalogue.groups.find((candidate) => candidate.group === group);
    return spec !== undefined && parksInTopic(spec) && spec.topics.includes(topic);
  }
}
