import { randomUUID } from 'node:crypto';
import { catalogue, contracts } from '@atelier/contracts';
import type { Message } from '@atelier/eventing/domain';
import { findDeadLetter } from '@atelier/eventing/failures';
import { KafkaClient, KafkaLog } from '@atelier/eventing/kafka';
import { ConfluentRegistry, MessageCodec } from '@atelier/eventing/serde';
import { switchSmtp } from '@atelier/local-stack';
import { expect } from '@jest/globals';
import { RecordBuilder } from '../../libs/eventing/src/serde/record-builder.ts';
import type { FragilePlatform } from '../../tools/break/fragile-platform.ts';
import { write } from '../../tools/break/poison.ts';
import * as http from './http.ts';
import { startNode } from './run-program.ts';
import { eventually, RunningPlatform } from './running-platform.ts';
import { systemClock } from '@atelier/eventing/time';

/** Runs `npm run fault` as it is once dependencies are there. */
export const fault = (dataDir: string, ...args: string[]) =>
  startNode(['tools/break/main.ts', ...args], { env: { DATA_DIR: dataDir } }).ended;

/** A platform that was started with FAULTS=on, its customers, its operator, and whoever breaks it. */
export class BreakablePlatform {
  private readonly running: RunningPlatform;
  /** Of its operator. */
  private readonly token: Record<string, string>;
  readonly addresses: FragilePlatform;

  private constructor(running: RunningPlatform, addresses: FragilePlatform, token: string | undefined) {
    this.running = running;
    this.addresses = addresses;
    this.token = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  }

  static async start(environment: NodeJS.ProcessEnv = {}): Promise<BreakablePlatform> {
    const running = await RunningPlatform.start({ FAULTS: 'on', ...environment });
    const addresses = (await running.addresses()) as unknown as FragilePlatform;
    return new BreakablePlatform(running, addresses, environment['OPERATOR_TOKEN']);
  }

  async stop(): Promise<void> {
    await this.running.stop();
  }

  /** Answers what the command printed. */
  async fault(...args: string[]): Promise<string> {
    const { code, output } = await fault(this.running.dataDir, ...args);
    expect({ code, output }).toMatchObject({ code: 0 });
    return output;
  }

  /** Has the mail server be so, as the command does. */
  smtp(...mode: string[]): Promise<void> {
    return switchSmtp(this.addresses.faults, mode.join(' '));
  }

  /** Answers the id of the order. */
  async confirmOrder(email: string): Promise<string> {
    const order = { customerId: 'ada', email, lines: [{ sku: 'OIL-01', quantity: 1 }] };
    const { body } = await this.settled(order);
    expect(body).toMatchObject({ status: 'confirmed' });
    return body.orderId;
  }

  /** Places an order, and asks under its key until it is settled. */
  settled(order: object, headers: Record<string, string> = {}): Promise<http.Answer> {
    const patiently = { 'Idempotency-Key': randomUUID(), Prefer: 'wait=30', ...headers };
    return eventually(
      () => this.post('/v1/orders', order, patiently),
      ({ status }) => status === 201,
    );
  }

  /** How many e-mails came to this address. */
  async mailsTo(address: string): Promise<number> {
    const { body } = await http.get(`${this.addresses.mail}/email`);
    const mails = body as readonly { to: readonly { address: string }[] }[];
    return mails.filter(({ to }) => to.some((recipient) => recipient.address === address)).length;
  }

  /** Waits for an e-mail to this address; answers how many came. */
  arrived(address: string): Promise<number> {
    return eventually(
      () => this.mailsTo(address),
      (count) => count > 0,
    );
  }

  /** Sends a command as another client than the gateway would. */
  async command(command: Message): Promise<void> {
    const codec = new MessageCodec(new ConfluentRegistry(this.addresses.registry), contracts, systemClock);
    await codec.ready();
    const id = randomUUID();
    const metadata = { id, time: Date.now(), correlationId: id };
    await write(this.addresses.kafka, [
      new RecordBuilder(codec, catalogue, 'spec').record(command, metadata),
    ]);
  }

  /** Reads an open dead letter with a tool, and writes it to the topic that it came from, with all of its headers. */
  async copyByHand(letter: http.Answer['body']): Promise<void> {
    const { group, topic, partition, deadLetterId } = letter;
    const { kafka } = this.addresses;
    const client = new KafkaClient({ brokers: kafka.split(','), clientId: 'by-hand' });
    const at = { group, topic, partition, deadLetterId, redrives: 0, failedAt: Date.parse(letter.failedAt) };
    const record = await findDeadLetter(new KafkaLog(client), at, AbortSignal.timeout(30_000)).finally(() =>
      client.close(),
    );
    if (!record) throw new Error(`The dead letter ${deadLetterId} is not on its topic`);
    await write(kafka, [{ ...record, topic }]);
  }

  signal(process: string, signal: NodeJS.Signals): Promise<void> {
    return this.running.signal(process, signal);
  }

  readiness(service: string): Promise<http.Answer> {
    return http.get(`${this.addresses.services[service]}/health/ready`);
  }

  get(path: string): Promise<http.Answer> {
    return http.get(this.addresses.gateway + path, this.token);
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<http.Answer> {
    return http.post(this.addresses.gateway + path, body, { 'X-Operator': 'ada', ...this.token, ...headers });
  }
}
