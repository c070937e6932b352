import { Injectable } from '@nestjs/common';
import { KafkaLog } from '../kafka/reading/kafka-log.ts';
import { recordsAt } from '../log/records-at.ts';
import { messagesIn } from '../serde/received-records.ts';
import { Engine } from './engine.ts';
import { type LoggedEvent, PastEvents } from './ports.ts';

/** Milliseconds that a look into the past may take. */
const LOOK_MS = 10_000;

@Injectable()
export class KafkaPastEvents extends PastEvents {
  private readonly engine: Engine;

  constructor(engine: Engine) {
    super();
    this.engine = engine;
  }

  override async *at(
    topic: string,
    partition: number,
    offsets: readonly bigint[],
  ): AsyncGenerator<readonly LoggedEvent[]> {
    const { client, codec } = this.engine;
    const signal = AbortSignal.timeout(LOOK_MS);
    for await (const records of recordsAt(new KafkaLog(client), { topic, partition }, offsets, signal)) {
      await codec.prepare(records.map(({ value }) => value));
      yield records.flatMap((record) =>
        messagesIn(codec, record).map((event) => ({ topic, partition, offset: record.offset, event })),
      );
    }
  }
}
