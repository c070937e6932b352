import { describe, expect, it } from '@jest/globals';
import { type ParkedChanges, ParkedKeys, TooManyParked } from './parked-keys.ts';

/** Keys of which these things have become of. */
function keysAfter(limit: number, ...batches: readonly ((changes: ParkedChanges) => void)[]): ParkedKeys {
  const keys = new ParkedKeys('g', limit);
  for (const batch of batches) {
    const changes = keys.begin();
    batch(changes);
    changes.commit();
  }
  return keys;
}

const mark = (failureId: string, since: bigint) => ({ failureId, since, released: false });
const blocked = (changes: ParkedChanges) => changes.block('k', mark('f', 4n));
const waits = (changes: ParkedChanges) => {
  changes.park('k', 4n);
  changes.park('k', 6n);
};

describe('parked keys', () => {
  it('remember what waits, from the first record on that is not handled', () => {
    const keys = keysAfter(9, blocked, waits, (changes) => changes.park('k', 9n));
    expect(keys.of('k')).toEqual({ ...mark('f', 4n), waiting: [4n, 6n, 9n] });
    expect(keys.next).toBeUndefined();
    expect(keys.since).toBe(4n);
  });

  it('do not park what is behind nothing', () => {
    const keys = keysAfter(9, (changes) => {
      changes.park('k', 4n);
      changes.advance('k', 4n);
      changes.release('k', 'f');
    });
    expect(keys.size).toBe(0);
  });

  it('forget a key that is released and that nothing waits for', () => {
    const keys = keysAfter(9, blocked, (changes) => changes.release('k', 'f'));
    expect(keys.size).toBe(0);
    expect(keys.since).toBeUndefined();
  });

  it('are free to go when their own failure is over, and not when another is', () => {
    const keys = keysAfter(9, blocked, waits, (changes) => changes.release('k', 'other'));
    expect(keys.next).toBeUndefined();
    const changes = keys.begin();
    changes.release('k', 'f');
    changes.commit();
    expect(keys.next).toBe('k');
    expect(keys.of('k')).toEqual({ ...mark('f', 4n), released: true, waiting: [4n, 6n] });
  });

  it('go on in their order until nothing is left', () => {
    const released = keysAfter(9, blocked, waits, (changes) => changes.release('k', 'f'));
    const first = released.begin();
    first.advance('k', 4n);
    first.commit();
    expect(released.of('k')).toMatchObject({ since: 5n, waiting: [6n], released: true });
    const second = released.begin();
    second.advance('k', 6n);
    second.commit();
    expect(released.size).toBe(0);
  });

  it('are stopped again by a record that was parked and fails itself', () => {
    const keys = keysAfter(
      1,
      blocked,
      waits,
      (changes) => changes.release('k', 'f'),
      (changes) => {
        changes.advance('k', 4n);
        changes.block('k', mark('f2', 5n));
      },
      (changes) => changes.release('k', 'f'),
    );
    expect(keys.of('k')).toEqual({ ...mark('f2', 5n), waiting: [6n] });
    expect(keys.next).toBeUndefined();
  });

  it('forget a key that is free to go while nothing of it is there', () => {
    const keys = new ParkedKeys('g', 9);
    keys.reset([['k', { ...mark('f', 4n), released: true }]]);
    expect(keys.next).toBe('k');
    const changes = keys.begin();
    changes.forget('k');
    expect([...changes.marks()]).toEqual([['k', undefined, expect.objectContaining({ since: 4n })]]);
    changes.commit();
    expect(keys.next).toBeUndefined();
  });

  it('do not park again what was dealt with', () => {
    expect(keysAfter(9, blocked, (changes) => changes.park('k', 3n)).of('k')?.waiting).toEqual([]);
  });

  it('start over from what is durable', () => {
    const keys = keysAfter(9, blocked, waits);
    keys.reset([
      ['a', mark('fa', 8n)],
      ['b', mark('fb', 3n)],
    ]);
    expect(keys.of('k')).toBeUndefined();
    expect(keys.of('a')).toEqual({ ...mark('fa', 8n), waiting: [] });
    expect(keys.since).toBe(3n);
  });
});

describe('the limit of parked keys', () => {
  it('is not passed, and says what to do', () => {
    const keys = keysAfter(1, blocked);
    const changes = keys.begin();
    expect(() => changes.block('l', mark('g', 5n))).toThrow(TooManyParked);
    expect(() => changes.block('l', mark('g', 5n))).toThrow(
      'g has parked 1 keys of this partition: redrive or discard their dead letters, then it goes on',
    );
  });

  it('counts what the batch itself has changed', () => {
    const changes = keysAfter(2, blocked).begin();
    changes.block('l', mark('g', 5n));
    expect(() => changes.block('m', mark('h', 6n))).toThrow(TooManyParked);
    changes.release('k', 'f');
    changes.block('m', mark('h', 6n));
  });

  it('does not stop a key that is parked already', () => {
    const changes = keysAfter(1, blocked, waits).begin();
    changes.block('k', mark('f2', 5n));
    expect(changes.of('k')).toEqual({ ...mark('f2', 5n), waiting: [6n] });
  });
});

describe('changes of parked keys', () => {
  it('change nothing until they are committed, and nothing of each other', () => {
    const keys = keysAfter(9, blocked, waits);
    const [late, current] = [keys.begin(), keys.begin()];
    for (const changes of [late, current]) {
      changes.park('k', 8n);
      changes.park('k', 9n);
    }
    late.block('l', mark('g', 5n));
    late.release('k', 'f');
    late.park('k', 10n);
    expect(keys.of('k')?.waiting).toEqual([4n, 6n]);
    current.commit();
    late.park('k', 11n);
    expect(keys.of('k')).toEqual({ ...mark('f', 4n), waiting: [4n, 6n, 8n, 9n] });
    expect(keys.of('l')).toBeUndefined();
  });

  it('make durable only what is needed to start over', () => {
    const keys = keysAfter(9, blocked);
    const changes = keys.begin();
    changes.park('k', 4n);
    changes.block('l', mark('g', 5n));
    changes.block('m', mark('h', 6n));
    changes.release('m', 'h');
    expect([...changes.marks()]).toMatchObject([['l', { failureId: 'g', since: 5n, released: false }]]);
  });

  it('make it durable that a key is free, how far it has come, and that it is forgotten', () => {
    const keys = keysAfter(9, blocked, waits);
    const marksOf = (change: (changes: ParkedChanges) => void) => {
      const changes = keys.begin();
      change(changes);
      const marks = [...changes.marks()].map(([key, mark]) => [key, mark]);
      changes.commit();
      return marks;
    };
    expect(marksOf((changes) => changes.release('k', 'f'))).toMatchObject([['k', { released: true }]]);
    expect(marksOf((changes) => changes.advance('k', 4n))).toMatchObject([['k', { since: 5n }]]);
    expect(marksOf((changes) => changes.advance('k', 6n))).toEqual([['k', undefined]]);
  });
});
