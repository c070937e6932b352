import type { KafkaRequest } from '../network/kafka-requests.ts';
import type { Bench, Fault } from './fault.ts';
import { lasting } from './waiting.ts';

const END_TXN = 26;
/** Past the clients' patience with one request, which is 10 s: they have given it up and gone on. */
const PAST_PATIENCE_MS = 11_000;

/** An EndTxn that arrives when its producer has long begun another transaction (KAFKA-17754). */
export class DelayedEndTxn implements Fault {
  readonly number = 5;
  readonly name = 'an EndTxn delayed into the next transaction (KAFKA-17754)';
  readonly times = 6;

  async once({ cluster, history }: Bench): Promise<number> {
    const isEnd = ({ apiKey }: KafkaRequest) => apiKey === END_TXN;
    const held = await Promise.all(
      cluster.brokerRequests.map((requests) => requests.hold(isEnd, { rest: 'flow' })),
    );
    await lasting(PAST_PATIENCE_MS);
    for (const request of held) {
      const answer = await request.forward().catch((error: Error) => error.message);
      history.write('late EndTxn', { answer: typeof answer === 'string' ? answer : answer.toString('hex') });
    }
    return held.length;
  }
}
