import { handlerOf } from '../serde/received-records.ts';
import type { ConsumedRecord, OutgoingRecord } from '../log/record.ts';
import { deadLetter } from './copies.ts';
import { type Failure, failureOf, thrownNow } from './failure.ts';
import type { FailureReporter } from './reporter.ts';

/** Who gives up, and whom it tells. */
export interface GivingUp {
  readonly group: string;
  readonly service: string;
  readonly version: string;
  readonly reporter: FailureReporter;
}

/** The dead letter of a record that will never be handled, and the report of it. `source`: the topic whose side topics get it. */
export function gaveUp(
  original: ConsumedRecord,
  error: unknown,
  { reporter, ...who }: GivingUp,
  {
    before,
    source = original.topic,
  }: { readonly before?: Failure | undefined; readonly source?: string } = {},
): { readonly failure: Failure; readonly output: OutgoingRecord[] } {
  const handler = handlerOf(who.group, original);
  const failure = failureOf(original, { ...who, handler, thrown: [thrownNow(error)] }, before);
  return {
    failure,
    output: [deadLetter(original, failure, source), ...reporter.deadLettered(original, failure)],
  };
}
