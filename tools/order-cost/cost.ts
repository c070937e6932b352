import { percentile } from '../percentile.ts';
import { table } from '../table.ts';
import type { CpuTimes } from './processes.ts';

/** One measurement. */
export interface Measured {
  readonly inFlight: number;
  /** From POST to settled, milliseconds of each order. */
  readonly times: readonly number[];
  /** From the first POST to the last one settled. */
  readonly seconds: number;
  readonly transactions: number;
  /** What each process has used for all of them. */
  readonly cpu: CpuTimes;
}

/** What processes have used between two readings. */
export const usedBetween = (before: CpuTimes, after: CpuTimes): CpuTimes =>
  Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? 0)]));

const sum = (cpu: CpuTimes) => Object.values(cpu).reduce((total, ms) => total + ms, 0);

const isBroker = (name: string) => name.startsWith('kafka-') || name === 'controller';
const isDatabase = (name: string) => name === 'postgres' || name === 'registry';

function part(cpu: CpuTimes, isPart: (name: string) => boolean): number {
  return sum(Object.fromEntries(Object.entries(cpu).filter(([name]) => isPart(name))));
}

/** What an order costs: a row for each measurement. */
export function orderTable(measured: readonly Measured[]): string {
  const head = [
    'in flight',
    'orders',
    'transactions',
    'CPU, ms',
    'brokers',
    'databases',
    'services',
    'orders/s',
    'p50, ms',
    'p99, ms',
  ];
  const rows = measured.map(({ inFlight, times, seconds, transactions, cpu }) => {
    const orders = times.length;
    const each = (total: number) => (total / orders).toFixed(1);
    const services = sum(cpu) - part(cpu, isBroker) - part(cpu, isDatabase);
    const parts = [sum(cpu), part(cpu, isBroker), part(cpu, isDatabase), services].map(each);
    const within = (percent: number) => (percentile(times, percent) ?? 0).toFixed(0);
    const speed = (orders / seconds).toFixed(1);
    return [
      String(inFlight),
      String(orders),
      (transactions / orders).toFixed(2),
      ...parts,
      speed,
      within(50),
      within(99),
    ];
  });
  return table([head, ...rows], []);
}

/** What each process costs while nobody orders, and its sockets. */
export function idleTable(
  cpu: CpuTimes,
  seconds: number,
  cores: number,
  sockets: (name: string) => number | undefined,
): string {
  const share = (ms: number) => `${((ms / (seconds * 1_000 * cores)) * 100).toFixed(2)} %`;
  const rows = Object.entries(cpu).map(([name, ms]) => [name, share(ms), String(sockets(name) ?? '-')]);
  return table([['process', 'idle CPU', 'sockets'], ...rows, ['all', share(sum(cpu)), '']]);
}
