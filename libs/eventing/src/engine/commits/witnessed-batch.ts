import type { ConsumedRecord } from '../../log/record.ts';
import type { Handled, Handler, Reached } from '../handler.ts';
import { isWitnessed } from './witness.ts';

/**
 * Handles a batch, or so much of it, by halves, that the position has room for all witnesses of what follows; the rest is left for
 * later. What a handler has answered and is not committed has not happened: it is asked again. Of one record that needs more, the
 * answer is given as it is.
 */
export async function handleWitnessed(
  handler: Handler,
  records: readonly ConsumedRecord[],
  signal: AbortSignal,
  at: Reached,
): Promise<Handled> {
  for (let end = records.length; ;) {
    const handled = await handler.handle(records.slice(0, end), signal, at);
    const done = end - (handled.rest?.length ?? 0);
    if (done <= 1 || isWitnessed(handled.output)) return { ...handled, rest: records.slice(done) };
    end = Math.ceil(done / 2);
  }
}
