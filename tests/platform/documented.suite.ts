import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RunningPlatform } from '../harness/running-platform.ts';
import { Observed, textIn } from './observed.ts';

interface Operation {
  readonly action: 'send' | 'receive';
  readonly channel: { readonly $ref: string };
  readonly tags?: readonly { readonly name: string }[];
  readonly bindings?: { readonly kafka: { readonly groupId: { readonly enum: readonly string[] } } };
  readonly 'x-handler'?: { readonly sideTopics: readonly string[] };
}

interface AsyncApi {
  readonly channels: Readonly<Record<string, { readonly messages: Readonly<Record<string, unknown>> }>>;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** Compares what the gateway tells of commands and events with what the broker has, after some load. */
export function documented(started: () => RunningPlatform): void {
  let observed: Observed;
  let document: AsyncApi;
  let operations: readonly Operation[];
  let gateway: string;

  beforeAll(async () => {
    const addresses = await started().addresses();
    observed = new Observed(addresses.kafka);
    gateway = addresses.gateway;
    document = (await (await fetch(`${gateway}/asyncapi.json`)).json()) as AsyncApi;
    operations = Object.values(document.operations);
  });

  afterAll(() => observed?.close());

  /** Services that may send to a channel; undefined where it may be any. */
  function sendersTo(topic: string): ReadonlySet<string> | undefined {
    const sends = operations.filter(
      ({ action, channel }) => action === 'send' && channel.$ref === `#/channels/${topic}`,
    );
    if (sends.some(({ tags }) => tags === undefined)) return undefined;
    return new Set(sends.flatMap(({ tags = [] }) => tags.map(({ name }) => name)));
  }

  it('has the topics and groups of the broker, no more and no less', async () => {
    const beside = operations.flatMap((operation) => operation['x-handler']?.sideTopics ?? []);
    expect((await observed.topics()).sort()).toEqual([...Object.keys(document.channels), ...beside].sort());
    const groups = new Set(operations.flatMap(({ bindings }) => bindings?.kafka.groupId.enum ?? []));
    expect((await observed.groups()).sort()).toEqual([...groups].sort());
  });

  it('names each type that is on a topic, and each service that has sent there', async () => {
    const drift = new Set<string>();
    const seen = new Set<string>();
    for (const record of await observed.records(Object.keys(document.channels))) {
      const { topic } = record;
      const messages = document.channels[topic]?.messages ?? {};
      const type = textIn(record, 'ce_type');
      seen.add(topic);
      // What the platform keeps for itself is no CloudEvent.
      if (type === undefined && Object.keys(messages).length === 0) continue;
      const source = textIn(record, 'ce_source') ?? 'nobody';
      if (type === undefined || !(type in messages)) drift.add(`${topic} has ${type}`);
      if (sendersTo(topic)?.has(source) === false) drift.add(`${topic} has ${type} of ${source}`);
    }
    expect([...drift]).toEqual([]);
    for (const topic of ['orders.commands', 'orders.events', 'inventory.commands', 'inventory.events'])
      expect(seen).toContain(topic);
  });

  it('is shown as a page that needs nothing from elsewhere', async () => {
    const page = await fetch(`${gateway}/asyncapi`);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    const parts = [...(await page.text()).matchAll(/(?:src|href)="(\/asyncapi\/[^"]+)"/g)].map(
      ([, part]) => part,
    );
    expect(parts).toHaveLength(3);
    for (const part of [...parts, '/asyncapi/parsed.json'])
      expect({ part, status: (await fetch(gateway + part)).status }).toEqual({ part, status: 200 });
  });
}
