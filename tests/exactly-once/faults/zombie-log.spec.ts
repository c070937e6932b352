import { describe, expect, it } from '@jest/globals';
import { joinedAt, takenBack, wasGiven, wasReplaced } from './zombie-log.ts';

const line = (second: number, msg: string, level = 'info') => ({
  time: `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`,
  level,
  msg,
});
const at = (second: number) => line(second, '').time;

describe('what the logs say of a zombie', () => {
  it.each([
    'orders.commands-1 was taken over by another process',
    'orders.commands-1 is not assigned to this process',
    'The coordinator is not aware of this member',
    'Specified group generation id is not valid',
  ])('is that it was replaced: %s', (msg) => {
    expect(wasReplaced([line(1, msg, 'warn')])).toBe(true);
  });

  it('is not that it was replaced when it goes on as if nothing had happened', () => {
    expect(wasReplaced([line(1, 'ready'), line(2, 'heartbeat late', 'warn')])).toBe(false);
  });

  it('is when it joined its own group, and not another', () => {
    const lines = [
      line(3, 'orders.delay generation 2: nothing'),
      line(5, 'orders.decider generation 9: a-1'),
    ];
    expect(joinedAt(lines, 'orders.decider')).toBe(at(5));
    expect(joinedAt(lines, 'orders.record-reservation')).toBeUndefined();
  });

  it('is that it was given partitions, and not only that it joined', () => {
    const lines = [
      line(3, 'orders.delay generation 2: nothing'),
      line(5, 'orders.decider generation 9: a-1'),
    ];
    expect(wasGiven(lines, 'orders.decider')).toBe(true);
    expect(wasGiven(lines, 'orders.delay')).toBe(false);
  });

  it("is that it took what was its peer's, once it was awake", () => {
    const theft =
      'orders.decider orders.commands-1: orders/orders-2 was taken over by another process; again in 50 ms';
    const peer = [line(1, theft, 'warn'), line(4, 'ready'), line(9, theft, 'warn')];
    expect(takenBack(peer, at(3))).toEqual([theft]);
    expect(takenBack(peer.slice(0, 2), at(3))).toEqual([]);
  });
});
