import { describe, expect, it } from '@jest/globals';
import { isStreamed, LogVector } from './log-vector.ts';

const id = '0.1.2.zz.4.5.6.7.8.9.a.2s';

describe('an id of the event stream', () => {
  it('is the position in each partition', () => {
    const vector = LogVector.parse(id);
    expect(vector.positions).toHaveLength(12);
    expect(vector.offsetIn({ topic: 'orders.events', partition: 3 })).toBe(1295n);
    expect(vector.offsetIn({ topic: 'inventory.events', partition: 5 })).toBe(100n);
    expect(String(vector)).toBe(id);
  });

  it('moves with what was seen', () => {
    const vector = LogVector.parse(id);
    vector.moveTo({ topic: 'orders.events', partition: 0, offset: 36n });
    expect(String(vector)).toBe('10.1.2.zz.4.5.6.7.8.9.a.2s');
  });

  it.each(['', '1', '1.2', `${id}.1`, id.replace('zz', ''), id.replace('zz', '-1'), id.replace('zz', 'Z')])(
    '%j is refused',
    (wrong) => {
      expect(() => LogVector.parse(wrong)).toThrow('Last-Event-ID');
    },
  );

  it('is known only when every partition is', () => {
    expect(LogVector.at(LogVector.parse(id).positions)?.toString()).toBe(id);
    expect(LogVector.at(LogVector.parse(id).positions.slice(1))).toBeUndefined();
  });

  it('has no place for the events of operators', () => {
    expect(isStreamed({ topic: 'orders.events', partition: 5 })).toBe(true);
    expect(isStreamed({ topic: 'dead-letters.events', partition: 0 })).toBe(false);
  });
});
