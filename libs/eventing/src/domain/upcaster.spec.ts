import { describe, expect, it } from '@jest/globals';
import { trips } from '../../fixtures/trips.ts';
import { expectSameFold } from '../testing/same-fold.ts';
import { given } from '../testing/specification.ts';
import { upcast } from '../testing/upcast.ts';
import {
  type AnyMessageType,
  contract,
  type Message,
  messageType,
  newest,
  partsOf,
  newestTypes,
  type Upcaster,
  upcaster,
} from './index.ts';

const { after, before, topics, Book, Booked, Reserved, Moved, Left, Arrived } = trips();
const trip = 't';
const { events } = after;

describe('an upcaster', () => {
  it('is one of a chain, of which only the newest form is seen', () => {
    upcast(events, Booked({ trip, name: 'Ada Lovelace', euros: 7 })).gives(
      Reserved({ trip, first: 'Ada', last: 'Lovelace', cents: 700 }),
    );
    expect(newestTypes(events, 'Booked')).toEqual(['Reserved']);
  });

  it('gives several where one event was two', () => {
    upcast(events, Moved({ trip, from: 'a', to: 'b' })).gives(
      Left({ trip, place: 'a' }),
      Arrived({ trip, place: 'b' }),
    );
  });

  it('leaves alone what is of a current type', () => {
    const message = Left({ trip, place: 'a' });
    expect(newest(events, message)).toEqual([message]);
  });

  const of = (topic: string, name: string) =>
    messageType<Message<string, { id: string }>>({ type: name, topic, key: 'id', versions: [] });
  const [Old, New, Other, Third, Former] = ['Old', 'New', 'Other', 'Third', 'Former'].map((name) =>
    of('t', name),
  ) as [AnyMessageType, AnyMessageType, AnyMessageType, AnyMessageType, AnyMessageType];
  const upcasting = (upcast: (old: Message) => Message | readonly Message[]) =>
    contract('t', { New, Other }, [upcaster(Old, New, upcast as never)]);

  const never = () => {
    throw new Error('Nobody calls it');
  };

  it('tells what it gives apart by type and number, however it is mended and whatever comes of that (what was put between took the id of the one behind, and was never performed)', () => {
    const splits = (from: AnyMessageType, ...to: readonly AnyMessageType[]) =>
      upcaster(from, to, (() => to.map((type) => type({ id: 'a' } as never))) as never);
    const paths = (...upcasters: readonly Upcaster[]) =>
      partsOf(contract('t', { New, Other, Third }, upcasters), Old({ id: 'a' } as never)).map(
        ({ path }) => path,
      );
    expect(paths(splits(Old, New, Other))).toEqual(['', '/Other/0']);
    expect(paths(splits(Old, New, Third, Other))).toEqual(['', '/Third/0', '/Other/0']);
    expect(paths(splits(Old, New, Former), splits(Former, Other))).toEqual(['', '/Former/0']);
    expect(paths(splits(Old, New, Former), splits(Former, Other, Other))).toEqual([
      '',
      '/Former/0',
      '/Former/0/Other/1',
    ]);
  });

  it.each([
    [
      'threw too bad',
      () => {
        throw new Error('too bad');
      },
    ],
    ['gave nothing', () => []],
    ['gave Other, which it does not declare', () => Other({ id: 'a' })],
    ['gave New of b for one of a', () => New({ id: 'b' })],
  ])('that %s fails with its place', (what, wrong: () => Message | readonly Message[]) => {
    expect(() => newest(upcasting(wrong), Old({ id: 'a' }))).toThrow(
      expect.objectContaining({
        code: 'UPCAST_FAILED',
        retryable: false,
        message: expect.stringMatching(
          new RegExp(
            `^The upcaster of Old \\(.*domain/upcaster\\.spec\\.ts:\\d+\\) ${what}: mend it and deploy`,
          ),
        ),
      }),
    );
  });

  it.each<[string, () => unknown]>([
    [
      'gives Missing, which t does not have, and no upcaster goes on from there',
      () => contract('t', { New }, [upcaster(Old, of('t', 'Missing'), never)]),
    ],
    ['is of a type that t still has', () => contract('t', { New, Old }, [upcaster(Old, New, never)])],
    [
      'is one of two, the other is at',
      () => contract('t', { New, Other }, [upcaster(Old, New, never), upcaster(Old, Other, never)]),
    ],
    [
      'comes back to where it began',
      () => contract('t', {}, [upcaster(Old, New, never), upcaster(New, Old, never)]),
    ],
    [
      'names New of u: a message stays on its topic, t',
      () => contract('t', {}, [upcaster(Old, of('u', 'New'), never)]),
    ],
    ['gives nothing', () => contract('t', { New }, [upcaster(Old, [], never)])],
  ])('is refused with its place, before anything starts, when it %s', (what, declare) => {
    expect(declare).toThrow(
      expect.objectContaining({
        code: 'UPCASTER_REFUSED',
        message: expect.stringMatching(
          new RegExp(`^The upcaster of Old \\(.*upcaster\\.spec\\.ts:\\d+\\) ${what}`),
        ),
      }),
    );
  });
  it('does not compile when it gives another type than it says', () => {
    // @ts-expect-error Left is not Arrived
    upcaster(Moved, Arrived, ({ data: { from } }) => Left({ trip, place: from }));
    expect(events.upcasters).toHaveLength(3);
  });
});

describe('given, when and then of a decider', () => {
  it('has what former types have become, of commands and of events', () => {
    const history = [Booked({ trip, name: 'Ada Lovelace', euros: 7 }), Moved({ trip, from: 'a', to: 'b' })];
    expect(given(after.rules, history).state()).toEqual({
      who: 'Ada Lovelace',
      cents: 700,
      places: ['-a', '+b'],
    });
    expect(given(after.rules, []).when(Book({ trip, name: 'Ada Lovelace', euros: 7 }))).toEqual([
      Reserved({ trip, first: 'Ada', last: 'Lovelace', cents: 700 }),
    ]);
    const known = { version: 2, fingerprint: '' };
    // Every current type is in it.
    expect(() => expectSameFold(after.rules, [history], known)).toThrow(
      'is known as version 2 of other histories',
    );
    expect(given(before.rules, history).state()).toEqual(given(after.rules, history).state());
  });
});

describe('the helper that says what is upcast to what', () => {
  const booked = Booked({ trip, name: 'Ada Lovelace', euros: 7 });

  it('fails on what is not given', () => {
    expect(() =>
      upcast(events, booked).gives(Reserved({ trip, first: 'Ada', last: 'L', cents: 700 })),
    ).toThrow();
    expect(() => upcast(events, booked).gives()).toThrow();
  });

  it('fails on data that no schema has', () => {
    expect(() => upcast(events, Booked({ trip, name: 1 as never, euros: 7 })).gives()).toThrow(
      'Booked.name is 1, which its schema does not have',
    );
  });

  it('fails on an upcaster that changes what it was given', () => {
    const changing = contract(topics.events, { Left, Arrived }, [
      upcaster(Moved, Left, ({ data }) => Left({ trip, place: ((data as { from: string }).from = 'x') })),
    ]);
    expect(() => upcast(changing, Moved({ trip, from: 'a', to: 'b' })).gives()).toThrow(
      'Cannot assign to read only',
    );
  });
});
