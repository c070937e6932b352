import { describe, expect, it } from '@jest/globals';
import { decodeWitness, encodeWitness } from './witness.ts';

describe('the witness of a transaction', () => {
  it('names where it began to read, and its first record in each partition', () => {
    const bases = new Map([
      ['orders.events-4', 9_990n],
      ['orders.decider.orders.commands.dlq-4', 2n],
    ]);
    const text = encodeWitness(11_600n, bases);
    expect(text).toBe('11600|orders.events|4|9990|orders.decider.orders.commands.dlq|4|2');
    expect(decodeWitness(text)).toEqual({
      from: 11_600n,
      outputs: [
        { topic: 'orders.events', partition: 4, offset: 9_990n },
        { topic: 'orders.decider.orders.commands.dlq', partition: 4, offset: 2n },
      ],
    });
  });

  it('is nothing but the position when nothing was written', () => {
    expect(decodeWitness(encodeWitness(7n, new Map()))).toEqual({ from: 7n, outputs: [] });
  });

  it('leaves out what a broker would not keep', () => {
    const many = new Map(Array.from({ length: 1_000 }, (_, index) => [`some.topic-${index}`, 5n]));
    const text = encodeWitness(7n, many);
    expect(text.length).toBeLessThanOrEqual(4_096);
    expect(decodeWitness(text)?.outputs.length).toBeGreaterThan(100);
  });

  it.each(['', 'set by hand', '12|a', '{"from":1}'])('is not seen in %j', (text) => {
    expect(decodeWitness(text)).toBeUndefined();
  });
});
