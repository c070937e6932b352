import type { Received } from '@atelier/eventing/domain';

/** The number of an event in its aggregate's history. Every event has one; without it no row may be written. */
export function versionOf({ type, metadata }: Received): number {
  if (metadata.version === undefined) throw new Error(`The event ${type} ${metadata.id} has no version`);
  return metadata.version;
}

/** When the event happened, as Postgres reads it. */
export const timeOf = ({ metadata }: Received) => new Date(metadata.time).toISOString();

const lastInstant = BigInt(Date.parse('9999-12-31T23:59:59.999Z'));

/** A time that a record tells, in milliseconds since 1970-01-01 UTC: from 1970 to 9999, as lists that are ordered by it need it. */
export function instantOf(milliseconds: bigint): string {
  const early = milliseconds < lastInstant ? milliseconds : lastInstant;
  return new Date(Number(early > 0n ? early : 0n)).toISOString();
}

/** The last event of each aggregate: in a run that may hold several of one, it decides. */
export const lastOfEach = <Event extends Received>(events: readonly Event[]): Event[] => [
  ...new Map(events.map((event) => [event.metadata.subject, event])).values(),
];
