import { describe, expect, it } from '@jest/globals';
import { idleTable, orderTable, usedBetween } from './cost.ts';

const cpu = { 'kafka-1': 300, postgres: 100, registry: 20, 'orders-1': 400, 'gateway-1': 180 };

describe('what an order costs', () => {
  it('is what was used for all of them, divided', () => {
    const times = [10, 20, 30, 40];
    const lines = orderTable([{ inFlight: 16, times, seconds: 2, transactions: 5, cpu }]).split('\n');
    const cells = lines.map((line) => line.trim().split(/ {2,}/));
    expect(Object.fromEntries(cells[0]?.map((name, at) => [name, cells[1]?.[at]]) ?? [])).toEqual({
      'in flight': '16',
      orders: '4',
      transactions: '1.25',
      'CPU, ms': '250.0',
      brokers: '75.0',
      databases: '30.0',
      services: '145.0',
      'orders/s': '2.0',
      'p50, ms': '20',
      'p99, ms': '40',
    });
  });

  it('begins where the measurement began', () => {
    expect(usedBetween({ a: 5, gone: 7 }, { a: 8, b: 2 })).toEqual({ a: 3, b: 2 });
  });
});

it('an idle platform is told in shares of all cores, process by process', () => {
  const text = idleTable({ 'kafka-1': 300, 'orders-1': 100 }, 10, 2, (name) =>
    name === 'orders-1' ? 7 : undefined,
  );
  expect(text.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['process', 'idle CPU', 'sockets'],
    ['kafka-1', '1.50 %', '-'],
    ['orders-1', '0.50 %', '7'],
    ['all', '2.00 %'],
  ]);
});
