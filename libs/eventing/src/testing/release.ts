import type { Contract } from '../domain/index.ts';
import { MessageCodec } from '../serde/message-codec.ts';
import type { SpecBroker } from './spec-broker.ts';

/**
 * The same broker as another release of the services sees it, which has these contracts: both can run on it side by side. The topics are
 * those of the first.
 */
export function release(broker: SpecBroker, contracts: readonly Contract[]): SpecBroker {
  const codec = new MessageCodec(broker.registry, contracts, broker.cluster.clock);
  return Object.create(broker, { codec: { value: codec }, contracts: { value: contracts } }) as SpecBroker;
}
