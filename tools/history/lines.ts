import type { Metadata } from '@atelier/eventing/domain';
import type { Plain } from './plain.ts';
import type { Rule } from './step.ts';

/** The first line of a file of histories. */
export interface FirstLine {
  readonly format: typeof FORMAT;
  /** How many follow: whoever reads it knows when some are missing. */
  readonly lines: number;
}

export const FORMAT = 'atelier-history/1';

/** Begins an aggregate; its messages follow, each event behind the command that it answers. */
export interface AggregateLine {
  readonly decider: string;
  /** Of the decider, when it was recorded. */
  readonly version: number;
  readonly aggregate: string;
}

/** What all messages have. */
export interface MessageLine {
  /** The version of the type's schema that the data has. */
  readonly schema: number;
  readonly metadata: RecordedMetadata;
  /** See `toPlain`. */
  readonly data: Plain;
}

export interface CommandLine extends MessageLine {
  readonly command: string;
  /** `decide` unless it is here. */
  readonly rule?: Rule;
}

export interface EventLine extends MessageLine {
  readonly event: string;
  /** What it was folded into; where that is missing, the state that the event before it has. */
  readonly state?: Plain;
}

/** The subject is the aggregate, and the time is RFC 3339. */
export type RecordedMetadata = Omit<Metadata, 'subject' | 'time'> & { readonly time: string };

export function toRecorded({ id, time, source, correlationId, ...more }: Metadata): RecordedMetadata {
  const { causationId, version, requestHash, traceparent } = more;
  return {
    id,
    time: new Date(time).toISOString(),
    source,
    correlationId,
    ...(causationId !== undefined && { causationId }),
    ...(version !== undefined && { version }),
    ...(requestHash !== undefined && { requestHash }),
    ...(traceparent !== undefined && { traceparent }),
  };
}

export const toMetadata = (aggregate: string, recorded: RecordedMetadata): Metadata => ({
  ...recorded,
  subject: aggregate,
  time: Date.parse(recorded.time),
});
