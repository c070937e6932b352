import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { retryTopic } from '@atelier/eventing/domain';
import { KafkaClient, stableEnd } from '@atelier/eventing/kafka';
import { repositoryRoot } from '@atelier/local-stack';
import { eventually, RunningPlatform } from '../platform/running-platform.ts';
import type { FragilePlatform } from './platform.ts';

/** Runs `npm run fault` as it is once dependencies are there. */
const fault = (dataDir: string, ...args: string[]) =>
  new Promise<{ code: number | null; output: string }>((resolve) => {
    let output = '';
    const child = spawn(process.execPath, ['--conditions=source', 'tests/fault/main.ts', ...args], {
      cwd: repositoryRoot,
      env: { ...process.env, NODE_OPTIONS: '', DATA_DIR: dataDir },
    });
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('close', (code) => resolve({ code, output }));
  });

it('says how to start a platform that may be broken', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'atelier-nothing-'));
  const { code, output } = await fault(dataDir, 'smtp', 'down');
  expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining('FAULTS=on npm start') });
  await rm(dataDir, { recursive: true });
});

describe('a platform that was started with FAULTS=on', () => {
  let running: RunningPlatform;
  let platform: FragilePlatform;

  beforeAll(async () => {
    running = await RunningPlatform.start({ FAULTS: 'on' });
    platform = (await running.addresses()) as unknown as FragilePlatform;
  }, 120_000);

  afterEach(() => smtp('up'));
  afterAll(async () => {
    await running.stop();
    await running.remove();
  });

  async function smtp(...mode: string[]): Promise<string> {
    const { code, output } = await fault(running.dataDir, 'smtp', ...mode);
    expect({ code, output }).toMatchObject({ code: 0 });
    return output;
  }

  async function confirmOrder(email: string): Promise<void> {
    const response = await fetch(`${platform.gateway}/v1/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=30' },
      body: JSON.stringify({ customerId: 'ada', email, lines: [{ sku: 'OIL-01', quantity: 1 }] }),
    });
    expect([response.status, await response.json()]).toMatchObject([201, { status: 'confirmed' }]);
  }

  const readiness = async () => {
    const response = await fetch(`${platform.services['notifications-1']}/health/ready`);
    return { status: response.status, text: await response.text() };
  };

  const mailsTo = async (address: string) => {
    const mails = (await (await fetch(`${platform.mail}/email`)).json()) as { to: { address: string }[] }[];
    return mails.filter(({ to }) => to.some((recipient) => recipient.address === address));
  };

  it('confirms orders while SMTP is down, says what is missing, and sends each e-mail once when it is back', async () => {
    expect(await smtp('down')).toContain('SMTP is down. Orders are confirmed, their e-mails wait');
    const customers = ['one@example.com', 'two@example.com', 'three@example.com'];
    for (const customer of customers) await confirmOrder(customer);
    const red = await eventually(readiness, ({ status }) => status === 503);
    expect(red.text).toContain('SMTP');
    for (const customer of customers) expect(await mailsTo(customer)).toEqual([]);

    await smtp('up');
    for (const customer of customers)
      await eventually(
        () => mailsTo(customer),
        (mails) => mails.length > 0,
      );
    await eventually(readiness, ({ status }) => status === 200);
    for (const customer of customers) expect(await mailsTo(customer)).toHaveLength(1);
  }, 120_000);

  /** How much was put aside to be tried again after the first delay. */
  async function putAside(): Promise<number> {
    const topic = retryTopic('notifications.order-mail', 'orders.events', 1);
    const client = new KafkaClient({ brokers: platform.kafka.split(','), clientId: 'fault-spec' });
    try {
      const partitions = [...(await client.topic(topic)).leaders.keys()];
      const ends = await Promise.all(partitions.map((each) => stableEnd(client, topic, each)));
      return Number(ends.reduce((sum, end) => sum + end, 0n));
    } finally {
      await client.close();
    }
  }

  it('tries an e-mail again that was deferred', async () => {
    const before = await putAside();
    expect(await smtp('refuse')).toContain('SMTP answers 451');
    await confirmOrder('four@example.com');
    await eventually(putAside, (now) => now > before);
    expect(await mailsTo('four@example.com')).toEqual([]);
    await smtp('up');
    const arrived = await eventually(
      () => mailsTo('four@example.com'),
      (mails) => mails.length > 0,
    );
    expect(arrived).toHaveLength(1);
  }, 120_000);

  it('has a dead letter for each record that nobody can decode', async () => {
    const { code, output } = await fault(running.dataDir, 'poison', 'inventory.commands', '12');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('12 records that nobody can decode are in inventory.commands:');
    const deadLetters = async () => {
      const response = await fetch(`${platform.gateway}/v1/dead-letters`);
      return new Set((await response.text()).match(/poison-[0-9a-f]{8}-\d+/g)).size;
    };
    await eventually(deadLetters, (count) => count === 12);
    await confirmOrder('five@example.com');
  }, 120_000);
});
