import { expect, it } from '@jest/globals';
import { table } from './table.ts';

it('has texts on the left and numbers on the right', () => {
  const rows = [
    ['', 'orders', 'stall', 'holds'],
    ['all', '7', '12.0 s'],
    ['a fault', '12345678', '0.1 s', 'no'],
  ];
  expect(table(rows, [0, 3])).toBe(
    ['           orders   stall  holds', 'all             7  12.0 s', 'a fault  12345678   0.1 s  no'].join(
      '\n',
    ),
  );
});
