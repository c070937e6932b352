import type { Catalogue } from '../domain/index.ts';
import type { KafkaClient } from '../kafka/client/client.ts';
import { kafkaError } from '../kafka/client/errors.ts';
import { readBatches } from '../kafka/reading/read-batches.ts';
import type { LoggedTransaction } from '../kafka/wire/transaction-log.ts';
import { coordinatorLog } from './coordinator-log.ts';
import type { OpenTransaction, Verdict } from './hanging-transactions.ts';
import { provenByCoordinator } from './proof.ts';
import { ownersOf } from './owners.ts';
import { provenByWitness } from './witnessed.ts';

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
  const owners = ownersOf(catalogue, transactionalId);
  if (owners.length === 0)
    return { type: 'foreign', known: `${transactionalId} is none of this platform's transactional ids` };
  const signal = AbortSignal.timeout(LOOK_MS);
  const epochs = await epochsOf(client, transaction, signal);
  const log = await readableLog(client, transactionalId, transaction.since, signal);
  const outcomes = new Set(epochs.map((epoch) => provenByCoordinator(log, producerId, epoch)));
  const [outcome] = outcomes;
  if (outcomes.size === 1 && outcome !== undefined) {
    const proof = `the log of its coordinator: ${transactionalId}, epoch ${epochs.join(', ')}`;
    return { type: 'proven', outcome, proof };
  }
  // One marker ends all that have joined: a position speaks for one of them only.
  if (epochs.length > 1) return { type: 'unproven', known: differing(epochs) };
  const witnessed = await provenByWitness(client, transaction, owners, signal);
  if (witnessed) return { type: 'proven', ...witnessed };
  return { type: 'unproven', known: `neither the log of its coordinator nor a position says how it ended` };
}

const differing = (epochs: readonly number[]) =>
  `transactions of the epochs ${epochs.join(', ')} hang one in the other, and are not all known to have ended alike`;

/** Without the right to read that topic it proves nothing. */
function readableLog(
  client: KafkaClient,
  transactionalId: string,
  since: number,
  signal: AbortSignal,
): Promise<LoggedTransaction[]> {
  return coordinatorLog(client, transactionalId, since, signal).catch((error: unknown) => {
    if (kafkaError(error).code === 'TOPIC_AUTHORIZATION_FAILED') return [];
    throw error;
  });
}

/** Of all that this producer has written since: later transactions may have joined the first. */
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
