import type { KafkaClient } from '../kafka/client.ts';
import type { SourcePartition } from './parked-source.ts';
import { ParkedTopic } from './parked-topic.ts';

const LOOK_EVERY_MS = 5_000;
const LOOK_MS = 10_000;
/** More are only counted. */
const MOST = 3;

/** Tells of what stands on a topic of marks and is none: in the log once, and to whoever asks until it was taken away. */
export class UnreadableMarks {
  private readonly at: SourcePartition;
  private readonly warn: (text: string) => void;
  private all: readonly string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(at: SourcePartition, warn: (text: string) => void) {
    this.at = at;
    this.warn = warn;
  }

  get notices(): string[] {
    const more = this.all.length - MOST;
    return [...this.all.slice(0, MOST), ...(more > 0 ? [`${more} more of this kind`] : [])];
  }

  /** What was found just now. It is looked for again until nothing of it is left. */
  found(client: KafkaClient, unreadable: readonly string[]): void {
    if (this.closed) return;
    for (const text of unreadable.slice(0, MOST)) if (!this.all.includes(text)) this.warn(text);
    this.all = unreadable;
    clearTimeout(this.timer);
    if (unreadable.length > 0)
      this.timer = setTimeout(() => void this.lookAgain(client), LOOK_EVERY_MS).unref();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  /** Apart from the marks that are worked with: those are read when the partition is assigned. */
  private async lookAgain(client: KafkaClient): Promise<void> {
    const topic = new ParkedTopic(this.at);
    const known = this.all;
    const now = await topic.read(client, AbortSignal.timeout(LOOK_MS)).then(
      () => topic.unreadable,
      () => known,
    );
    this.found(client, now);
  }
}
