import type { KafkaClient } from '../client/client.ts';
import { RefusingProxy } from '../../../fixtures/refusing-proxy.ts';

/** A client whose way to the broker leads through a proxy of its own, as long as it is used. */
export async function behindProxy(
  use: (parts: { readonly proxy: RefusingProxy; readonly client: KafkaClient }) => Promise<void>,
): Promise<void> {
  const proxy = await RefusingProxy.start();
  const client = proxy.client();
  try {
    await use({ proxy, client });
  } finally {
    await client.close();
    await proxy.close();
  }
}
