import { Logger } from '@nestjs/common';
import { type Catalogue, EventingError, loggedFields } from '../domain/index.ts';
import type { KafkaClient } from '../kafka/client/client.ts';
import { type TopicDifference, topicDifferences } from '../kafka/topics/topic-differences.ts';
import type { HealthReport } from './ports.ts';

/** Topics are not as the catalogue has them. Somebody may mend them, or deploy, while this process waits. */
export class TopicsDiffer extends EventingError {
  constructor(differences: readonly TopicDifference[]) {
    super('TOPICS_DIFFER', 'some differ from the catalogue', {
      retryable: true,
      fields: { differences: differences.map(({ text }) => text) },
    });
  }
}

/** Whether a difference stops something in this process. */
export type Stops = (difference: TopicDifference) => boolean;

type Detail = HealthReport['details'][string];

/** Milliseconds between two looks. What both have seen alike is told: a broker that has just started may know less for a moment. */
const LOOK_EVERY_MS = 15_000;

/** Looks whether topics are still as the catalogue has them: they may be altered, or deleted, while services run. */
export class TopicWatch {
  private readonly logger = new Logger('Topics');
  private readonly everyMs: number;
  private seen: readonly TopicDifference[] = [];
  private told: readonly TopicDifference[] = [];
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private stops: Stops = () => false;

  constructor(everyMs = LOOK_EVERY_MS) {
    this.everyMs = everyMs;
  }

  /** Tells what it sees, and goes on looking. Throws KafkaError when brokers cannot be asked: then it has not started. */
  async start(client: KafkaClient, catalogue: Catalogue, stops: Stops): Promise<void> {
    this.seen = await topicDifferences(client, catalogue);
    this.stops = stops;
    this.tell(this.seen);
    this.timer = setInterval(() => void this.look(client, catalogue), this.everyMs).unref();
  }

  /** Looks, and throws a retryable error while something is wrong that this process cannot start with. */
  async check(client: KafkaClient, catalogue: Catalogue): Promise<void> {
    await this.look(client, catalogue);
    if (this.told.some((difference) => difference.kind === 'wrong' && this.stops(difference)))
      throw new TopicsDiffer(this.told.filter(this.stops));
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Undefined when there is nothing to tell; up when it stops nothing in this process. */
  get detail(): Detail | undefined {
    if (this.told.length === 0) return undefined;
    const status = this.told.some(this.stops) ? 'down' : 'up';
    return { status, reason: differencesIn(this.told) };
  }

  /** One look after the other. While brokers are away nothing is known that would be new: others tell that. */
  private async look(client: KafkaClient, catalogue: Catalogue): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const now = await topicDifferences(client, catalogue);
      if (differencesIn(now) === differencesIn(this.seen)) this.tell(now);
      this.seen = now;
    } catch (error) {
      this.logger.debug(
        `The topics could not be looked at: ${(error as Error).message}`,
        ...loggedFields(error),
      );
    } finally {
      this.looking = false;
    }
  }

  private tell(differences: readonly TopicDifference[]): void {
    const before = differencesIn(this.told);
    this.told = differences;
    const after = differencesIn(differences);
    if (before === after) return;
    if (after) this.logger.warn(after);
    else this.logger.log('The topics are as the catalogue has them');
  }
}

/** One sentence about all of them; empty when there are none. */
export function differencesIn(differences: readonly TopicDifference[]): string {
  const texts = differences.map(({ text }) => text).join('; ');
  return texts && `Topics differ from the catalogue: ${texts}`;
}
