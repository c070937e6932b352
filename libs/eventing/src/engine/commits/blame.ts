import { LogError } from '../../log/errors.ts';
import { partitionKey } from '../../log/partitions.ts';
import { positionsOf, type TransactionPart } from '../ports/transactions.ts';

/** What an error may say of the place that it is about; and under which membership that was refused. */
type Place = Partial<{
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** `partitionKey` of several that one broker was to write. */
  readonly partitions: readonly string[];
  readonly memberId: string;
  readonly generation: number;
}>;

/** The parts of a transaction that an error is about; undefined where it does not say. */
export function blamed<Part extends TransactionPart>(
  parts: readonly Part[],
  error: Error,
): readonly Part[] | undefined {
  const place: Place = error instanceof LogError ? error.fields : {};
  const found = parts.filter((part) =>
    place.group === undefined ? writesInto(part, place) : isOfMember(part, place),
  );
  return found.length > 0 ? found : undefined;
}

/** The places of a transaction that an error is about, as `placesOf` has them, as far as it says. */
export function placesIn(error: Error): readonly string[] {
  const { group, topic, partition, partitions }: Place = error instanceof LogError ? error.fields : {};
  if (group !== undefined) return [positionsOf(group)];
  if (partitions) return partitions;
  return topic !== undefined && partition !== undefined ? [partitionKey(topic, partition)] : [];
}

const writesInto = ({ records }: TransactionPart, { topic, partition, partitions }: Place) =>
  records.some(
    (at) =>
      partitions?.includes(partitionKey(at.topic, at.partition)) ||
      (at.topic === topic && (partition === undefined || at.partition === partition)),
  );

const isOfMember = ({ position }: TransactionPart, { group, memberId, generation }: Place) =>
  position.group === group &&
  (memberId === undefined || position.memberId === memberId) &&
  (generation === undefined || position.generation === generation);

/** Of those that a group refuses because it has moved on there is none that it would take. */
const MOVED_ON = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
  'REBALANCE_IN_PROGRESS',
]);

const hasMovedOn = (error: Error) => error instanceof LogError && MOVED_ON.has(error.code);

/** Whether some of the blamed parts may be well by themselves: what passes is up to each to try again. */
export const mayBeOne = (error: Error) => error instanceof LogError && !error.retryable && !hasMovedOn(error);

/** Whether the next try of the blamed parts may fail in the same way: what passes with a new generation does not. */
export const isOwn = (error: Error, isNamed: boolean) => mayBeOne(error) || (isNamed && !hasMovedOn(error));
