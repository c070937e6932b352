import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { assignments } from './assignments.ts';

const directory = mkdtempSync(join(tmpdir(), 'atelier-assignments-'));
afterAll(() => rmSync(directory, { recursive: true }));

function service(name: string, ...lines: [second: number, msg: string][]) {
  const logFile = join(directory, `${name}.log`);
  const text = lines.map(([second, msg]) => {
    const time = `2026-01-01T00:00:0${second}.000Z`;
    return JSON.stringify({ level: 'info', time, msg });
  });
  writeFileSync(logFile, `${text.join('\n')}\n`);
  return { name, logFile };
}

describe('the assignments of those who send e-mails', () => {
  it('are read from their logs, in order of time', () => {
    const services = [
      service(
        'notifications-1',
        [1, 'notifications.order-mail generation 1: orders.events-0, orders.events-1'],
        [4, 'notifications.order-mail generation 2: orders.events-0'],
      ),
      service(
        'notifications-2',
        [2, 'notifications.order-mail generation 2: orders.events-1'],
        [3, 'something else'],
        [5, 'notifications.order-mail generation 3: nothing'],
      ),
    ];
    expect(assignments(services)).toEqual([
      { instance: 'notifications-1', partitions: ['orders.events-0', 'orders.events-1'] },
      { instance: 'notifications-2', partitions: ['orders.events-1'] },
      { instance: 'notifications-1', partitions: ['orders.events-0'] },
      { instance: 'notifications-2', partitions: [] },
    ]);
  });

  it('are of no other group, no other service, and nobody who was never started', () => {
    const joined = 'generation 1: orders.events-0';
    const services = [
      service('orders-1', [1, `notifications.order-mail ${joined}`]),
      service('notifications-1', [1, `notifications.another ${joined}`]),
      { name: 'notifications-3', logFile: join(directory, 'never-started.log') },
    ];
    expect(assignments(services)).toEqual([]);
  });
});
