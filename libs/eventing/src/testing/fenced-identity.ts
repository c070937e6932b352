import type { KafkaClient } from '../kafka/client.ts';
import { retrying } from '../kafka/retry.ts';
import type { ProducerIdentity } from '../kafka/wire/producer-identity.ts';

/** InitProducerId, whose transactions may stay open for so long. */
export const fencedIdentity = (
  client: KafkaClient,
  transactionalId: string,
  timeoutMs: number,
): Promise<ProducerIdentity> =>
  retrying(
    async () => {
      const node = await client.coordinator('transaction', transactionalId);
      const args = { transactionalId, transactionTimeout: timeoutMs };
      const answer = await client.call<{ producerId: string; producerEpoch: number }>(
        node,
        'InitProducerId',
        args,
      );
      return { transactionalId, id: BigInt(answer.producerId), epoch: answer.producerEpoch };
    },
    { forMs: 60_000 },
  );
