import type { Log, TopicPartition } from '../../log/log.ts';
import { sleep } from '../../time/waiting.ts';

const FIRST_LOOK_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Places in which what a transactional id has given up has not ended. Its coordinator gives no other epoch before it has ended in all
 * of them, which a partition without a leader keeps from happening for long. So each is looked at by itself: it is free when what was
 * written there is decided, and there is a leader who says so.
 */
export class GivenUp {
  private readonly log: Log;
  private readonly freed: () => void;
  private places = new Set<string>();

  /** `freed` is called for each place that is free. */
  constructor(log: Log, freed: () => void) {
    this.log = log;
    this.freed = freed;
  }

  /** As `placesOf` has them. */
  get open(): ReadonlySet<string> {
    return this.places;
  }

  /** These, and those of before no more. */
  become(places: Iterable<string>): void {
    this.places = new Set(places);
    for (const place of this.places) void this.watch(this.places, place);
  }

  /** How far a group has come is looked at by nobody: it is free at the next epoch. */
  private async watch(places: Set<string>, place: string): Promise<void> {
    const at = partitionIn(place);
    if (!at) return;
    const look = this.lookAt(at);
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      await sleep(this.log.clock, pause);
      if (places !== this.places) return;
      // Where nobody leads, nothing is known: it is asked again.
      if (await look().catch(() => false)) break;
    }
    if (places.delete(place) && places === this.places) this.freed();
  }

  /** Answers whether everything that is there at the first look has ended. */
  private lookAt({ topic, partition }: TopicPartition): () => Promise<boolean> {
    let end: bigint | undefined;
    return async () => {
      end ??= await this.log.end(topic, partition);
      return (await this.log.stableEnd(topic, partition)) >= end;
    };
  }
}

/** The partition that a place is; none where it is a group's positions, as no topic has a space in its name. */
function partitionIn(place: string): TopicPartition | undefined {
  const [, topic, partition] = /^([^ ]+)-(\d+)$/.exec(place) ?? [];
  return topic === undefined ? undefined : { topic, partition: Number(partition) };
}
