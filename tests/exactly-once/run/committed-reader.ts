import { LogTail } from '@atelier/eventing/engine';
import { KafkaClient, KafkaCluster } from '@atelier/eventing/kafka';
import type { ReaderSight } from '../../harness/evidence/evidence.ts';

/**
 * A read_committed reader of the library, as services use it, that follows topics through all the faults. What it saw
 * is compared with the log afterwards.
 */
export class CommittedReader {
  readonly name: string;
  private readonly tail: LogTail;
  private readonly offsets = new Map<string, { topic: string; partition: number; offsets: bigint[] }>();

  constructor(name: string, bootstrap: string) {
    this.name = name;
    this.tail = new LogTail(
      new KafkaCluster(new KafkaClient({ brokers: bootstrap.split(','), clientId: name })),
    );
  }

  /** Everything that is committed from then on is seen. */
  start(topics: readonly string[]): Promise<void> {
    return this.tail.start(topics, async (records) => {
      for (const { topic, partition, offset } of records) {
        const key = `${topic}-${partition}`;
        const known = this.offsets.get(key);
        if (known) known.offsets.push(offset);
        else this.offsets.set(key, { topic, partition, offsets: [offset] });
      }
    });
  }

  readonly seen = (): ReaderSight['seen'] => [...this.offsets.values()];

  stop(): Promise<void> {
    return this.tail.stop();
  }
}
