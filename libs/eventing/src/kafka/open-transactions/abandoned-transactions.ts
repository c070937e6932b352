import { prefixOf, transactionalIdsOf } from '../../engine/commits/transactional-ids.ts';
import { isMissingRight, type LogError } from '../../log/errors.ts';
import type { KafkaClient } from '../client/client.ts';
import { kafkaError, KafkaError } from '../client/errors.ts';
import { initProducerId } from '../producing/init-producer-id.ts';
import { retrying } from '../client/retry.ts';
import { describeGroupExchange } from '../wire/describe-groups.ts';
import { describeTransactionExchange, type TransactionDescription } from '../wire/describe-transactions.ts';
import { type ListedTransaction, listTransactionsExchange } from '../wire/list-transactions.ts';

/** Milliseconds that a coordinator may take to abort what is open. */
const PATIENCE_MS = 5_000;

/**
 * Ends the transactions that processes of this service have left open: those whose process, by its static name, is in none of these
 * groups any more. One that lives and has only lost its memberships loses nothing by it: its positions would be refused.
 * Answers their transactional ids. Throws KafkaError while a group's coordinator does not answer: nobody is known to be gone then.
 */
export async function endAbandoned(
  client: KafkaClient,
  service: string,
  groups: readonly string[],
): Promise<string[]> {
  // First what is open, then who is there: whoever begins one is a member by then.
  const open = await openOf(client, prefixOf(service));
  if (open.length === 0) return [];
  const members = await namesIn(client, groups);
  const living = new Set(members.flatMap((instance) => transactionalIdsOf({ service, instance })));
  const abandoned = open.filter((id) => !living.has(id));
  await Promise.all(abandoned.map((id) => end(client, id)));
  return abandoned;
}

/** See `Cluster.expel`. */
export async function expel(client: KafkaClient, transactionalId: string): Promise<void> {
  const patience = { forMs: PATIENCE_MS };
  const [found] = await retrying(async () => {
    const node = await client.coordinator('transaction', transactionalId);
    return client.exchange<readonly TransactionDescription[]>(
      node,
      describeTransactionExchange(transactionalId),
    );
  }, patience).catch((cause: unknown) => {
    throw withoutRight('DESCRIBE on the transactional id', transactionalId, cause);
  });
  if (found?.state === 'Ongoing') await end(client, transactionalId, found.timeoutMs);
}

/**
 * Once: a coordinator that is still ending what was open has done what it was asked for, and asking again would fence whoever has
 * begun under this id meanwhile.
 */
async function end(client: KafkaClient, transactionalId: string, timeoutMs?: number): Promise<void> {
  const isEnding = ({ code }: LogError) => code === 'CONCURRENT_TRANSACTIONS';
  try {
    await retrying(() => initProducerId(client, transactionalId, timeoutMs), {
      forMs: PATIENCE_MS,
      unless: isEnding,
    });
  } catch (cause) {
    if (!isEnding(kafkaError(cause)))
      throw withoutRight('WRITE on the transactional id', transactionalId, cause);
  }
}

async function openOf(client: KafkaClient, prefix: string): Promise<string[]> {
  const nodes = await client.brokerIds();
  // Of a broker that does not answer nothing is known, and the others are none the less gone.
  const listed = await Promise.allSettled(
    nodes.map((node) =>
      client.exchange<ListedTransaction[]>(node, listTransactionsExchange([], ['Ongoing'])),
    ),
  );
  const open = listed.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  return open.flatMap(({ transactionalId: id }) => (id.startsWith(prefix) ? [id] : []));
}

async function namesIn(client: KafkaClient, groups: readonly string[]): Promise<string[]> {
  const names = await Promise.all(groups.map((group) => namesInOne(client, group)));
  return names.flat();
}

async function namesInOne(client: KafkaClient, group: string): Promise<string[]> {
  try {
    return await client.exchange<string[]>(
      await client.coordinator('group', group),
      describeGroupExchange(group),
    );
  } catch (cause) {
    throw withoutRight('DESCRIBE on the group', group, cause);
  }
}

/** Nobody would know otherwise why it is waited for: what is open ends by itself, after its timeout. */
function withoutRight(right: string, name: string, cause: unknown): LogError {
  const error = kafkaError(cause);
  if (!isMissingRight(error)) return error;
  const message = `${right} ${name} is missing: what a process that is gone has left open hides others' records for up to 10 s. Give it`;
  return new KafkaError(error.code, message, { retryable: false, cause: error, fields: { name } });
}
