import { once } from 'node:events';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import * as http from '../../harness/http.ts';
import { OperatorsDesk } from '../dead-letters/operators-desk.ts';

export const order = {
  customerId: 'ada',
  email: 'ada@example.com',
  lines: [{ sku: 'TEAPOT', quantity: 1 }],
};
export const json = { 'Content-Type': 'application/json' };

/** A gateway that has teapots, as clients meet it. */
export class Edge {
  readonly desk: OperatorsDesk;

  private constructor(desk: OperatorsDesk) {
    this.desk = desk;
  }

  static async open(): Promise<Edge> {
    const desk = await OperatorsDesk.open();
    const unitPrice = { amount: 450, currency: 'EUR' };
    await desk.post('/v1/products', { sku: 'TEAPOT', name: 'Teapot', unitPrice, onHand: 1_000 });
    return new Edge(desk);
  }

  close(): Promise<void> {
    return this.desk.close();
  }

  get url(): string {
    return this.desk.gateway.url;
  }

  call(method: string, path: string, init?: RequestInit) {
    return http.call(method, this.url + path, init);
  }

  place(body: unknown = order, headers: Record<string, string> = {}) {
    return http.post(`${this.url}/v1/orders`, body, headers);
  }

  /** What comes back for these bytes, until the gateway closes the connection. */
  async answerTo(request: string): Promise<string> {
    const socket = connect({ port: Number(new URL(this.url).port), host: '127.0.0.1' });
    await once(socket, 'connect');
    socket.write(request, 'latin1');
    return textOf(socket);
  }
}
