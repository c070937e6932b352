import { ConfluentRegistry } from '@atelier/eventing/serde';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RunningPlatform } from '../harness/running-platform.ts';
import { type Documented, DocumentedMessages } from './documented-messages.ts';
import { Observed, textIn } from './observed.ts';

interface Operation {
  readonly action: 'send' | 'receive';
  readonly channel: { readonly $ref: string };
  readonly messages?: readonly { readonly $ref: string }[];
  readonly tags?: readonly { readonly name: string }[];
  readonly bindings?: { readonly kafka: { readonly groupId: { readonly enum: readonly string[] } } };
  readonly 'x-handler'?: { readonly sideTopics: readonly string[] };
}

interface AsyncApi extends Documented {
  readonly operations: Readonly<Record<string, Operation>>;
}

/** Where the load must have left one of each message that is sent there, by each service that sends. */
const loaded = ['orders.commands', 'orders.events', 'inventory.commands', 'inventory.events'];
/** What the load does not bring about, or not always, and why. */
const seldom: Readonly<Record<string, string>> = {
  'orders.commands of dead-letters': 'nothing is redriven',
  'inventory.commands of dead-letters': 'nothing is redriven',
  'orders.events OrderSubmitted': 'ORDER_PLACED_AS is the former type',
  'orders.events OrderPlacementRefused': 'no client places an order that deciders refuse',
  'orders.events OrderCancellationRefused': 'an order is seldom settled just before it is cancelled',
  'orders.events ReservationRecordingRefused': 'answers seldom come after the end of their order',
  'inventory.events ProductAdditionRefused': 'products are added once',
  'inventory.events StockReceiptRefused': 'only products that there are get stock',
  'inventory.events StockShipmentRefused': 'only what is reserved is shipped',
};

/** Compares what the gateway tells of commands and events with what the broker has, after some load. */
export function documented(started: () => RunningPlatform): void {
  let observed: Observed;
  let document: AsyncApi;
  let operations: readonly Operation[];
  let messages: DocumentedMessages;
  let gateway: string;

  beforeAll(async () => {
    const addresses = await started().addresses();
    observed = new Observed(addresses.kafka);
    gateway = addresses.gateway;
    // Jest's own objects, which can be compared with others: what `json()` gives has other prototypes.
    document = JSON.parse(await (await fetch(`${gateway}/asyncapi.json`)).text()) as AsyncApi;
    operations = Object.values(document.operations);
    messages = new DocumentedMessages(document, new ConfluentRegistry(addresses.registry));
    await receiveStock();
  });

  afterAll(() => observed?.close());

  /** The load brings no stock where there is enough. */
  async function receiveStock(): Promise<void> {
    const { items } = (await (await fetch(`${gateway}/v1/products?limit=1`)).json()) as {
      items: readonly { readonly sku: string }[];
    };
    const received = await fetch(`${gateway}/v1/products/${items[0]?.sku}/receipts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'documented' },
      body: JSON.stringify({ quantity: 1 }),
    });
    expect({ status: received.status }).toEqual({ status: 202 });
  }

  const sends = (topic: string) =>
    operations.filter(({ action, channel }) => action === 'send' && channel.$ref === `#/channels/${topic}`);

  /** Services that may send to a channel; undefined where it may be any. */
  function sendersTo(topic: string): ReadonlySet<string> | undefined {
    const all = sends(topic);
    if (all.some(({ tags }) => tags === undefined)) return undefined;
    return new Set(all.flatMap(({ tags = [] }) => tags.map(({ name }) => name)));
  }

  const hasMessages = (topic: string) => Object.keys(document.channels[topic]?.messages ?? {}).length > 0;

  /** Each message that operations send to a topic, and each service: `<topic> <message>`, `<topic> of <service>`. */
  function sentTo(topic: string): readonly string[] {
    const sent = sends(topic).flatMap(({ messages = [] }) =>
      messages.map(({ $ref }) => $ref.split('/').at(-1)),
    );
    const senders = [...(sendersTo(topic) ?? [])].map((service) => `of ${service}`);
    return [...new Set([...sent, ...senders])].map((what) => `${topic} ${what}`);
  }

  it('has the topics and groups of the broker, no more and no less', async () => {
    const beside = operations.flatMap((operation) => operation['x-handler']?.sideTopics ?? []);
    expect((await observed.topics()).sort()).toEqual([...Object.keys(document.channels), ...beside].sort());
    const groups = new Set(operations.flatMap(({ bindings }) => bindings?.kafka.groupId.enum ?? []));
    expect((await observed.groups()).sort()).toEqual([...groups].sort());
  });

  it('names each version that is on a topic and each service that has sent there, and none that is not', async () => {
    const undocumented = new Set<string>();
    const seen = new Set<string>();
    for (const record of await observed.records(Object.keys(document.channels))) {
      const { topic } = record;
      // What the platform keeps for itself is no CloudEvent.
      if (!hasMessages(topic) && textIn(record, 'ce_type') === undefined) continue;
      const message = await messages.of(record);
      const source = textIn(record, 'ce_source') ?? 'nobody';
      if (!message.isDocumented) undocumented.add(`${topic} ${message.name}`);
      if (sendersTo(topic)?.has(source) === false) undocumented.add(`${topic} of ${source}`);
      seen.add(`${topic} ${message.name}`).add(`${topic} of ${source}`);
    }
    expect([...undocumented]).toEqual([]);
    const missing = loaded.flatMap(sentTo).filter((what) => !seen.has(what) && !(what in seldom));
    expect(missing).toEqual([]);
  });

  it('is shown as a page that needs nothing from elsewhere', async () => {
    const page = await fetch(`${gateway}/asyncapi`);
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self' 'unsafe-eval';/,
    );
    const parts = [...(await page.text()).matchAll(/(?:src|href)="(\/asyncapi\/[^"]+)"/g)].map(
      ([, part]) => part,
    );
    expect(parts).toHaveLength(3);
    for (const part of [...parts, '/asyncapi/parsed.json'])
      expect({ part, status: (await fetch(gateway + part)).status }).toEqual({ part, status: 200 });
  });
}
