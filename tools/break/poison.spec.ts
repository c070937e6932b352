import { describe, expect, it } from '@jest/globals';
import { partitionOf } from '@atelier/eventing/serde';
import { poisonRecords } from './poison.ts';
import { poisonReport } from './report.ts';

describe('poison', () => {
  it('has keys of its own, each on its partition, and no schema id in front', () => {
    const records = poisonRecords('orders.commands', 100, 'run');
    expect(new Set(records.map(({ key }) => String(key))).size).toBe(100);
    expect(new Set(records.map(({ partition }) => partition)).size).toBe(6);
    for (const { topic, partition, key, value } of records) {
      expect(topic).toBe('orders.commands');
      expect(partition).toBe(partitionOf(key ?? '', 6));
      expect(value?.[0]).not.toBe(0);
    }
  });

  it('is found where the report says', () => {
    const platform = { gateway: 'http://here', kafka: '', registry: '', postgres: '', mail: '' };
    const places = new Map([
      [4, [7n]],
      [1, [3n, 5n]],
    ]);
    expect(poisonReport('orders.commands', places, { ...platform, faults: '', services: {} })).toBe(
      `3 records that nobody can decode are in orders.commands:
  partition 1: 2 records, offsets 3 to 5
  partition 4: offset 7
The dead letters of orders.decider: GET http://here/v1/dead-letters`,
    );
  });
});
