import type { TopicPartition } from '../../log/log.ts';
import { partitionKey } from '../../log/partitions.ts';

/**
 * For how long a member has held its partitions without a break. Commits are checked by member and generation, never by partition:
 * one that was lost and regained meanwhile may have been worked on by another, and whatever was read before is void.
 */
export class Tenures {
  private held: ReadonlyMap<string, number> = new Map();
  private generation = -1;
  private last = 0;

  /** The member has these partitions in this generation. One that it has missed breaks all that it held. */
  begin(generation: number, partitions: readonly TopicPartition[]): void {
    const unbroken = generation === this.generation || generation === this.generation + 1;
    const before = unbroken ? this.held : new Map<string, number>();
    this.generation = generation;
    this.held = new Map(
      partitions.map(({ topic, partition }) => {
        const key = partitionKey(topic, partition);
        return [key, before.get(key) ?? ++this.last];
      }),
    );
  }

  /** The membership was lost. */
  end(): void {
    this.held = new Map();
    this.generation = -1;
  }

  /** Another number after each break; undefined where the partition is not held. */
  of(topic: string, partition: number): number | undefined {
    return this.held.get(partitionKey(topic, partition));
  }
}
