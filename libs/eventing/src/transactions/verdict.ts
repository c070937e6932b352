import type { Catalogue } from '../domain/index.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { readBatches } from '../kafka/read-batches.ts';
import { coordinatorLog } from './coordinator-log.ts';
import type { OpenTransaction, Outcome, Verdict } from './hanging-transactions.ts';
import { provenByCoordinator } from './proof.ts';
import { type Owner, type Proof, provenByWitness } from './witnessed.ts';

/** Milliseconds that the logs may take to be read. */
const LOOK_MS = 20_000;

/** Judges a transaction whose coordinator has nothing more to do for it. Throws KafkaError while brokers do not answer. */
export async function verdictOf(
  client: KafkaClient,
  catalogue: Catalogue,
  transaction: OpenTransaction,
): Promise<Verdict> {
  const { transactionalId, producerId } = transaction;
  if (transactionalId === undefined)
    return { type: 'foreign', known: `no coordinator knows producer ${producerId} any more` };
  const owner = ownerOf(catalogue, transactionalId);
  if (!owner)
    return { type: 'foreign', known: `${transactionalId} is none of this platform's transactional ids` };
  const signal = AbortSignal.timeout(LOOK_MS);
  const proof =
    (await byCoordinator(client, transaction, transactionalId, signal)) ??
    (await provenByWitness(client, transaction, owner, signal));
  if (proof) return { type: 'proven', ...proof };
  return { type: 'unproven', known: `neither the log of its coordinator nor a position says how it ended` };
}

/** The transactional ids of this platform are `<group>.<topic>.<partition>`. */
function ownerOf({ groups }: Catalogue, transactionalId: string): Owner | undefined {
  for (const { group, topics } of groups)
    for (const topic of topics) {
      const partition = transactionalId.slice(`${group}.${topic}.`.length);
      if (transactionalId === `${group}.${topic}.${partition}` && /^\d+$/.test(partition))
        return { group, topic, partition: Number(partition) };
    }
  return undefined;
}

/** Transactions that the same producer began later may have joined it: one marker ends them all, so all must have ended alike. */
async function byCoordinator(
  client: KafkaClient,
  transaction: OpenTransaction,
  transactionalId: string,
  signal: AbortSignal,
): Promise<Proof | undefined> {
  const log = await coordinatorLog(client, transactionalId, transaction.since, signal).catch(
    (error: Error & { code?: string }) => {
      // Without the right to read that topic it proves nothing.
      if (error.code === 'TOPIC_AUTHORIZATION_FAILED') return [];
      throw error;
    },
  );
  const epochs = await epochsOf(client, transaction, signal);
  const outcomes = new Set<Outcome | undefined>(
    epochs.map((epoch) => provenByCoordinator(log, transaction.producerId, epoch)),
  );
  const [outcome] = outcomes;
  if (outcomes.size !== 1 || outcome === undefined) return undefined;
  return { outcome, proof: `the log of its coordinator: ${transactionalId}, epoch ${epochs.join(', ')}` };
}

async function epochsOf(
  client: KafkaClient,
  { topic, partition, startOffset, hidden, producerId }: OpenTransaction,
  signal: AbortSignal,
): Promise<number[]> {
  const epochs = new Set<number>();
  const range = { from: startOffset, to: startOffset + hidden, signal };
  for await (const batch of readBatches(client, topic, partition, range))
    if (batch.producerId === producerId && !batch.control) epochs.add(batch.producerEpoch);
  return [...epochs];
}
