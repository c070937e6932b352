import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue } from '@atelier/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { retryTopic, sideLanes } from '@atelier/eventing/domain';
import { KafkaClient, stableEnd } from '@atelier/eventing/kafka';
import { eventually } from '../harness/running-platform.ts';
import { BreakablePlatform, fault } from '../harness/breakable-platform.ts';

it('says how to start a platform that may be broken', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'atelier-nothing-'));
  const { code, output } = await fault(dataDir, 'smtp', 'down');
  expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining('FAULTS=on npm start') });
  await rm(dataDir, { recursive: true });
});

const clientOf = ({ addresses }: BreakablePlatform) =>
  new KafkaClient({ brokers: addresses.kafka.split(','), clientId: 'fault-spec' });

describe('a platform that was started with FAULTS=on', () => {
  let platform: BreakablePlatform;

  beforeAll(async () => {
    platform = await BreakablePlatform.start();
  });

  afterEach(() => platform.smtp('up'));
  afterAll(() => platform?.stop());

  it('confirms orders while SMTP is down, says what is missing, and sends each e-mail once when it is back', async () => {
    expect(await platform.smtp('down')).toContain('SMTP is down. Orders are confirmed, their e-mails wait');
    const customers = ['one@example.com', 'two@example.com', 'three@example.com'];
    for (const customer of customers) await platform.confirmOrder(customer);
    const readiness = () => platform.readiness('notifications-1');
    const red = await eventually(readiness, ({ status }) => status === 503);
    expect(JSON.stringify(red.body)).toContain('SMTP');
    for (const customer of customers) expect(await platform.mailsTo(customer)).toBe(0);

    await platform.smtp('up');
    for (const customer of customers) await platform.arrived(customer);
    await eventually(readiness, ({ status }) => status === 200);
    for (const customer of customers) expect(await platform.mailsTo(customer)).toBe(1);
  });

  /** How much was put aside to be tried again after the first delay. */
  async function putAside(): Promise<number> {
    const topic = retryTopic('notifications.order-mail', 'orders.events', 1);
    const client = clientOf(platform);
    try {
      const partitions = [...(await client.topic(topic)).leaders.keys()];
      const ends = await Promise.all(partitions.map((each) => stableEnd(client, topic, each)));
      return Number(ends.reduce((sum, end) => sum + end, 0n));
    } finally {
      await client.close();
    }
  }

  it('has side topics with as many partitions as what they are beside', async () => {
    const client = clientOf(platform);
    try {
      const partitions = async (topic: string) => (await client.topic(topic)).leaders.length;
      const lanes = catalogue.groups.flatMap((spec) =>
        spec.topics.flatMap((topic) => sideLanes(spec, topic).map((lane) => ({ lane, topic }))),
      );
      expect(lanes.length).toBeGreaterThan(0);
      for (const { lane, topic } of lanes) expect(await partitions(lane)).toBe(await partitions(topic));
    } finally {
      await client.close();
    }
  });

  it('tries an e-mail again that was deferred', async () => {
    const before = await putAside();
    expect(await platform.smtp('refuse')).toContain('SMTP answers 451');
    await platform.confirmOrder('four@example.com');
    await eventually(putAside, (now) => now > before);
    expect(await platform.mailsTo('four@example.com')).toBe(0);
    await platform.smtp('up');
    expect(await platform.arrived('four@example.com')).toBe(1);
  });

  it('tries an e-mail again for which the server took too long', async () => {
    const before = await putAside();
    expect(await platform.smtp('slow', '20s')).toContain('20000 ms late');
    await platform.confirmOrder('slow@example.com');
    await eventually(putAside, (now) => now > before);
    await platform.smtp('up');
    await platform.arrived('slow@example.com');
  });

  it('has a dead letter for each record that nobody can decode', async () => {
    const output = await platform.fault('poison', 'inventory.commands', '12');
    expect(output).toContain('12 records that nobody can decode are in inventory.commands:');
    const deadLetters = async () => {
      const { body } = await platform.get('/v1/dead-letters');
      return new Set(JSON.stringify(body).match(/poison-[0-9a-f]{8}-\d+/g)).size;
    };
    await eventually(deadLetters, (count) => count === 12);
    await platform.confirmOrder('five@example.com');
  });
});
