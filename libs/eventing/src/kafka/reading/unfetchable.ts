import type { PartitionFeed } from '../../engine/worker/partition-feed.ts';
import { HaltError, PositionError } from '../../log/errors.ts';

/** What stops a partition until somebody has decided: no later fetch would bring it. */
export function outOfRange({ topic, partition, position }: PartitionFeed): PositionError {
  return new PositionError(
    `The log of ${topic}-${partition} does not hold offset ${position}. Decide where to go on and set it; it is never reset by itself`,
    { topic, partition, offset: position },
  );
}

export function unreadable({ topic, partition, position }: PartitionFeed, cause: Error): HaltError {
  return new HaltError(
    `${topic}-${partition} cannot be read from offset ${position} on: ${cause.message}`,
    cause,
    { topic, partition, offset: position },
  );
}
