import { KafkaClient, type KafkaOptions } from '@atelier/eventing/kafka';
import type { TcpProxy } from './tcp-proxy.ts';

/** What the client asks brokers with, each by its address. */
interface Asking {
  request(address: string, asked: unknown): Promise<unknown>;
}

/**
 * A client whose connections all go through the proxy, although the broker's answers name the broker's own address.
 * The cluster must have one broker. A sibling of this client goes to the broker itself.
 */
export function proxiedClient(proxy: TcpProxy, options: Omit<KafkaOptions, 'brokers'>): KafkaClient {
  const client = new KafkaClient({ ...options, brokers: [proxy.address] });
  const { connections } = client as unknown as { readonly connections: Asking };
  const request = connections.request.bind(connections);
  connections.request = (_, asked) => request(proxy.address, asked);
  return client;
}
