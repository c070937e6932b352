import { describe, expect, it } from '@jest/globals';
import { type Leader, LeaderEpochs } from './leader-epochs.ts';

const topic = (id: string, ...leaders: Leader[]) => ({ errorCode: 0, name: 'orders.events', id, leaders });
const leader = (nodeId: number, epoch: number): Leader => ({ nodeId, epoch });

describe('leader epochs', () => {
  it('take no leader from a broker that tells an older epoch (it was paused, and took itself for the leader)', () => {
    const epochs = new LeaderEpochs();
    epochs.heard(topic('a', leader(1, 4), leader(2, 7)));
    const told = epochs.heard(topic('a', leader(3, 5), leader(1, 6)));
    expect(told.leaders).toEqual([leader(3, 5), leader(2, 7)]);
  });

  it('lose no partition to a broker that was away when some were added', () => {
    const epochs = new LeaderEpochs();
    epochs.heard(topic('a', leader(1, 4), leader(2, 7)));
    expect(epochs.heard(topic('a', leader(1, 4))).leaders).toEqual([leader(1, 4), leader(2, 7)]);
  });

  it('are those of all clients of a process', () => {
    const epochs = new LeaderEpochs();
    const known = leader(1, 4);
    epochs.heard(topic('a', leader(3, 5)));
    expect(epochs.newest('a', 0, known)).toEqual(leader(3, 5));
    expect(epochs.newest('a', 1, known)).toEqual(known);
    expect(epochs.newest('b', 0, known)).toEqual(known);
  });

  it('know that nobody leads since the last election', () => {
    const epochs = new LeaderEpochs();
    epochs.heard(topic('a', leader(1, 4)));
    expect(epochs.heard(topic('a', leader(-1, 5))).leaders).toEqual([leader(-1, 5)]);
    expect(epochs.heard(topic('a', leader(1, 4))).leaders).toEqual([leader(-1, 5)]);
  });

  it('begin anew when the topic was created again', () => {
    const epochs = new LeaderEpochs();
    epochs.heard(topic('a', leader(1, 9)));
    expect(epochs.heard(topic('b', leader(2, 0))).leaders).toEqual([leader(2, 0)]);
  });

  it('forget topics that were deleted, or made anew under their names (each id was kept for ever)', () => {
    const epochs = new LeaderEpochs();
    const known = leader(1, 4);
    const knows = (id: string) => epochs.newest(id, 0, known).epoch > known.epoch;
    for (const id of ['a', 'b']) epochs.heard(topic(id, leader(2, 9)));
    epochs.heard({ ...topic('c', leader(2, 9)), name: 'payments.events' });
    epochs.settled('orders.events', 'b');
    expect(['a', 'b', 'c'].filter(knows)).toEqual(['b', 'c']);
    epochs.settled('orders.events', undefined);
    expect(['a', 'b', 'c'].filter(knows)).toEqual(['c']);
  });
});
