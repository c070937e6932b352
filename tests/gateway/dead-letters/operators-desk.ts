import { ReportDeadLetter } from '@atelier/contracts';
import { FAILURE } from '@atelier/eventing/failures';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { OperatorsConfig } from '../../../apps/gateway/src/operators/operators.config.ts';
import * as http from '../../harness/http.ts';
import { migratedDatabase } from '../../../apps/projections/src/testing/scratch-database.ts';
import { startGateway } from '../gateway.ts';
import { InProcessPlatform } from '../in-process-platform.ts';

export type Report = ReportDeadLetter['data'];

/** Milliseconds. */
export const day = 24 * 60 * 60 * 1_000;
export const ago = (ms: number) => BigInt(Date.now() - ms);
export const unknownId = '5b3f8c4e-0000-4000-8000-000000000000';

/** The headers of an operator's request. */
export const as = (operator: string, headers: Record<string, string> = {}) => ({
  'X-Operator': operator,
  ...headers,
});

export const reportOf = (facts: Partial<Report> = {}): Report => ({
  deadLetterId: randomUUID(),
  group: 'inventory.reserve-stock',
  topic: 'orders.events',
  partition: 2,
  offset: 17n,
  key: 'POT',
  messageType: 'ReceiveStock',
  messageId: 'message-1',
  handler: 'inventory.reserve-stock OrderPlaced',
  attempts: 1,
  redrives: 0,
  errorClass: 'RangeError',
  errorMessage: 'no room for 7',
  firstErrorClass: 'RangeError',
  firstErrorMessage: 'no room for 7',
  failedAt: ago(1_000),
  firstFailedAt: ago(1_000),
  service: 'inventory',
  version: '0.1.0',
  traceparent: null,
  ...facts,
});

const receipt = (data: unknown) => Buffer.from(JSON.stringify({ type: 'ReceiveStock', data }));

/** A gateway on a platform in this process, and what an operator does with its dead letters. */
export class OperatorsDesk {
  readonly database: Awaited<ReturnType<typeof migratedDatabase>>;
  readonly platform: InProcessPlatform;
  readonly gateway: { readonly app: NestFastifyApplication; readonly url: string };
  readonly rows: pg.Client;

  private constructor(parts: Pick<OperatorsDesk, 'database' | 'platform' | 'gateway' | 'rows'>) {
    this.database = parts.database;
    this.platform = parts.platform;
    this.gateway = parts.gateway;
    this.rows = parts.rows;
  }

  static async open(operators?: OperatorsConfig): Promise<OperatorsDesk> {
    const database = await migratedDatabase();
    const platform = new InProcessPlatform(database.url);
    const gateway = await startGateway(platform, database.url, operators);
    const rows = new pg.Client({ connectionString: database.url });
    await rows.connect();
    return new OperatorsDesk({ database, platform, gateway, rows });
  }

  async close(): Promise<void> {
    await this.rows.end();
    await this.gateway.app.close();
    await this.platform.close();
    await this.database.drop();
  }

  get(path: string): Promise<http.Answer> {
    return http.get(this.gateway.url + path);
  }

  post(path: string, body: unknown, headers: Record<string, string> = as('ada')): Promise<http.Answer> {
    return http.post(this.gateway.url + path, body, headers);
  }

  redrive(id: string, body: object = {}, headers?: Record<string, string>): Promise<http.Answer> {
    return this.post(`/v1/dead-letters/${id}/redrive`, { reason: 'fixed', ...body }, headers);
  }

  async statusOf(id: string): Promise<string> {
    return (await this.get(`/v1/dead-letters/${id}`)).body.status;
  }

  /** A dead letter in the read model, and its record; resolves with its id. */
  async report(facts: Partial<Report> = {}): Promise<string> {
    const data = reportOf(facts);
    this.keepRecord(data.deadLetterId, receipt({ sku: 'POT', quantity: 7 }));
    await this.platform.tell(ReportDeadLetter(data));
    return data.deadLetterId;
  }

  /** `more`: headers beside the usual ones. */
  keepRecord(deadLetterId: string, value: Buffer | null, more: Record<string, string> = {}): void {
    const headers = {
      ce_type: 'ReceiveStock',
      [FAILURE.id]: deadLetterId,
      [FAILURE.topic]: 'orders.events',
      [FAILURE.partition]: '2',
      [FAILURE.offset]: '17',
      [FAILURE.timestamp]: '1767323045678',
      [FAILURE.redrives]: '0',
      [FAILURE.attempts]: '1',
      [FAILURE.history]: '[[1767323046000,"RangeError","no room for 7"]]',
      [FAILURE.firstAt]: '1767323046000',
      [FAILURE.lastAt]: '1767323046000',
      [FAILURE.since]: '1767323046000',
      [FAILURE.lastStack]: 'RangeError: no room for 7\n    at reserve',
      ...more,
    };
    this.platform.deadLetters.keep(deadLetterId, {
      topic: 'dlq',
      partition: 2,
      offset: 3n,
      timestamp: Date.now(),
      key: Buffer.from('POT'),
      value,
      headers: Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)] as const),
    });
  }
}
