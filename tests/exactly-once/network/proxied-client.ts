import { KafkaClient, type KafkaOptions } from '@atelier/eventing/kafka';
import type { TcpProxy } from './tcp-proxy.ts';

/**
 * A client whose connections all go through the proxy, although the broker's answers name the broker's own address.
 * The cluster must have one broker. A sibling of this client goes to the broker itself.
 */
export function proxiedClient(proxy: TcpProxy, options: Omit<KafkaOptions, 'brokers'>): KafkaClient {
  const client = new KafkaClient({ ...options, brokers: [proxy.address] });
  const { addresses } = client as unknown as { readonly addresses: Map<number, string> };
  addresses.set = (node) => Map.prototype.set.call(addresses, node, proxy.address) as Map<number, string>;
  return client;
}
