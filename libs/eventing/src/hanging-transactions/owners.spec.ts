import { describe, expect, it } from '@jest/globals';
import type { Catalogue } from '../domain/index.ts';
import { transactionalIdsOf } from '../engine/commits/transactional-ids.ts';
import { ownersOf } from './owners.ts';

describe('whose positions a transaction may commit', () => {
  const topic = { name: 't', partitions: 2, retentionMs: -1, maxMessageBytes: 1, writers: [] };
  const group = (name: string, service: string) =>
    ({ group: name, service, kind: 'policy', topics: ['t'] }) as unknown as Catalogue['groups'][number];
  const catalogue = { topics: [topic], groups: [group('one', 'orders'), group('two', 'others')] };
  const groupsOf = (id: string) => [...new Set(ownersOf(catalogue, id).map((owner) => owner.group))];

  it.each(transactionalIdsOf({ service: 'orders', instance: 'orders-1' }))(
    'is told by the service in the id: %s',
    (id) => {
      expect(groupsOf(id)).toEqual(['one']);
    },
  );

  it('is one partition of one group under an id of the version before, and nobody under others', () => {
    expect(ownersOf(catalogue, 'two.t.1')).toMatchObject([{ group: 'two', topic: 't', partition: 1 }]);
    expect([groupsOf('foreign/1'), groupsOf('foreign')]).toEqual([[], []]);
  });
});
