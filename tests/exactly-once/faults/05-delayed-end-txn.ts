import { lasting, within } from '../../harness/waiting.ts';
import {
  endTxn,
  endTxnError,
  type HeldRequest,
  type KafkaRequest,
  type KafkaRequests,
} from '../network/kafka-requests.ts';
import type { Bench, Fault } from './fault.ts';

/** Past the clients' patience with one request, which is 10 s: they have given it up and gone on. */
const PAST_PATIENCE_MS = 12_000;
/** A broker that coordinates no transactions has no EndTxn to hold. */
const NO_END_MS = 15_000;
const INVALID_PRODUCER_EPOCH = 47;
const PRODUCER_FENCED = 90;

/** An EndTxn that arrives when its producer has long begun another transaction (KAFKA-17754). */
export class DelayedEndTxn implements Fault {
  readonly number = 5;
  readonly name = 'an EndTxn delayed into the next transaction (KAFKA-17754)';
  readonly times = 6;

  /** Counts those that came too late for their own transaction: the broker says that the epoch is an old one. */
  async once({ cluster, history }: Bench): Promise<number> {
    const held = (await Promise.all(cluster.relays.requests.map(holdOne))).filter(
      (each) => each !== undefined,
    );
    await lasting(PAST_PATIENCE_MS);
    let late = 0;
    for (const request of held) {
      const error = await request.forward().then(
        (answer) => endTxnError(answer, request),
        () => undefined,
      );
      history.write('late EndTxn', { error });
      if (error === INVALID_PRODUCER_EPOCH || error === PRODUCER_FENCED) late++;
    }
    return late;
  }
}

async function holdOne(requests: KafkaRequests): Promise<HeldRequest | undefined> {
  let waiting = true;
  const held = requests.hold((request: KafkaRequest) => waiting && endTxn(request), { rest: 'flow' });
  const first = await within(held, NO_END_MS);
  waiting = false;
  return first ?? undefined;
}
