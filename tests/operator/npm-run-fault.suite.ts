import { catalogue } from '@atelier/contracts';
import { afterEach, beforeAll, expect, it } from '@jest/globals';
import { retryTopic, sideLanes } from '@atelier/eventing/domain';
import { KafkaClient, stableEnd } from '@atelier/eventing/kafka';
import { eventually } from '../harness/running-platform.ts';
import { specDirectory } from '../harness/spec-directory.ts';
import { type BreakablePlatform, fault } from '../harness/breakable-platform.ts';

const clientOf = ({ addresses }: BreakablePlatform) =>
  new KafkaClient({ brokers: addresses.kafka.split(','), clientId: 'fault-spec' });

/** What `npm run fault` breaks, and what is to be seen then. */
export function npmRunFault(started: () => BreakablePlatform): void {
  let platform: BreakablePlatform;

  beforeAll(() => void (platform = started()));
  afterEach(() => platform.smtp('up'));

  it('says how to start a platform that may be broken', async () => {
    const { code, output } = await fault(await specDirectory('nothing'), 'smtp', 'down');
    expect({ code, output }).toMatchObject({
      code: 1,
      output: expect.stringContaining('FAULTS=on npm start'),
    });
  });

  it('confirms orders while SMTP is down, says what is missing, and sends each e-mail once when it is back', async () => {
    expect(await platform.fault('smtp', 'down')).toContain(
      'SMTP is down. Orders are confirmed, their e-mails wait',
    );
    const customers = ['one@example.com', 'two@example.com', 'three@example.com'];
    for (const customer of customers) await platform.confirmOrder(customer);
    const readiness = () => platform.readiness('notifications-1');
    const red = await eventually(readiness, ({ status }) => status === 503);
    expect(JSON.stringify(red.body)).toContain('SMTP');
    for (const customer of customers) expect(await platform.mailsTo(customer)).toBe(0);

    expect(await platform.fault('smtp', 'up')).toContain('SMTP is up');
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
    expect(await platform.fault('smtp', 'refuse')).toContain('SMTP answers 451');
    await platform.confirmOrder('four@example.com');
    await eventually(putAside, (now) => now > before);
    expect(await platform.mailsTo('four@example.com')).toBe(0);
    await platform.smtp('up');
    expect(await platform.arrived('four@example.com')).toBe(1);
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
}
