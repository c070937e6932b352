/** Kafka's own topic of transactions' states, and that of groups' positions. */
export const TRANSACTIONS_TOPIC = '__transaction_state';
export const OFFSETS_TOPIC = '__consumer_offsets';

/**
 * Which partition of these topics keeps a transactional id, or a group: by Java's hash of its characters, as brokers find its
 * coordinator.
 */
export function coordinatedPartition(id: string, partitions: number): number {
  let hash = 0;
  for (let at = 0; at < id.length; at++) hash = (Math.imul(hash, 31) + id.charCodeAt(at)) | 0;
  return (hash === -(2 ** 31) ? 0 : Math.abs(hash)) % partitions;
}
