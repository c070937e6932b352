/** Headers in their order; a name may stand more than once. */
export type Headers = readonly (readonly [name: string, value: Buffer | null])[];

/** A record as it stands in a partition. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
}

/** A record on its way to a partition that was computed by us. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
}

/** The first value of this header as text, or undefined. */
export function header(headers: Headers, name: string): string | undefined {
  for (const [candidate, value] of headers) {
    if (candidate === name) return value?.toString();
  }
  return undefined;
}
