import { describe, expect, it } from '@jest/globals';
import { trips } from '../../../fixtures/trips.ts';
import { contract, type Message, messageType, upcaster } from '../../domain/index.ts';
import { avroType } from '../avro.ts';
import { samplesOf } from './samples.ts';
import { tryUpcasters } from './upcast-trial.ts';

type Was = Message<'Was', { id: string; names: readonly string[]; sum: number }>;
type Is = Message<'Is', { id: string; name: string }>;
const record = (name: string, ...fields: readonly object[]) =>
  ({ type: 'record', name, namespace: 'shop', fields: [{ name: 'id', type: 'string' }, ...fields] }) as const;
const of = <M extends Message>(type: M['type'], ...versions: readonly ReturnType<typeof record>[]) =>
  messageType<M>({ type, topic: 'shop.events', key: 'id', versions });

const names = { name: 'names', type: { type: 'array', items: 'string' } };
const Was = of<Was>(
  'Was',
  record('Was', names),
  record('Was', names, { name: 'sum', type: 'int', default: 0 }),
);
const Is = of<Is>('Is', record('Is', { name: 'name', type: 'string' }));

/** What the upcaster that is given comes to. */
const trying = (upcast: (old: Was) => unknown) => () =>
  tryUpcasters([contract('shop.events', { Is }, [upcaster(Was, Is, upcast as (old: Was) => Is)])]);
const placed = (what: string) =>
  new RegExp(
    `^Nothing was registered\\. The upcaster of Was \\(\\S*upcast-trial\\.spec\\.ts:\\d+\\) ${what}, given a sample of Was\\.v`,
  );

describe('upcasters that are to be deployed', () => {
  it('are let pass where they take whatever the schema allows', () => {
    expect(
      trying(
        ({
          data: {
            id,
            names: [name = ''],
          },
        }) => Is({ id, name }),
      ),
    ).not.toThrow();
  });

  it.each<[string, (old: Was) => unknown, string]>([
    [
      'throws',
      () => {
        throw new Error('too bad');
      },
      'threw too bad',
    ],
    [
      'throws where a list is empty',
      ({ data: { id, names } }) => Is({ id, name: (names[0] as string).trim() }),
      'threw Cannot read .+',
    ],
    [
      'divides in vain, which its schema does not have',
      ({ data: { id, sum } }) => Is({ id, name: (1 / sum) as never }),
      'gave what the schema does not have: Is\\.name is Infinity',
    ],
    [
      'leaves out a field',
      ({ data: { id } }) => Is({ id } as never),
      'gave what the schema does not have: Is\\.name is undefined',
    ],
    [
      'changes what it is given',
      ({ data }) => Is({ id: ((data as { id: string }).id += '!'), name: '' }),
      "threw Cannot assign to read only property 'id' .+",
    ],
    ['changes the key', ({ data: { id } }) => Is({ id: `${id}!`, name: '' }), 'gave Is of ! for one of '],
    ['gives nothing', () => [], 'gave nothing'],
  ])(
    'are refused where one %s, with its place and a sample (it was met by the first record)',
    (_, upcast, what) => {
      expect(trying(upcast)).toThrow(
        expect.objectContaining({ code: 'UPCASTER_REFUSED', message: expect.stringMatching(placed(what)) }),
      );
    },
  );

  it('are not tried on a version that the newest cannot read: the gate says why', () => {
    const Torn = of<Was>('Was', record('Was'), record('Was', names));
    const torn = upcaster(Torn, Is, ({ data: { id } }) => Is({ id, name: '' }));
    expect(() => tryUpcasters([contract('shop.events', { Is }, [torn])])).not.toThrow();
  });

  it('are tried with those behind them, and each of several', () => {
    expect(() => tryUpcasters(trips().after.contracts)).toThrow(
      /The upcaster of Booked \(\S+trips\.ts:\d+\) threw "" is one word, given a sample of Booked\.v1: \{"trip":"","name":"","euros":0\}/,
    );
  });
});

describe('samples of a type', () => {
  const type = avroType({
    type: 'record',
    name: 'All',
    fields: [
      { name: 'whole', type: ['null', 'long', 'string', 'boolean', 'double'] },
      { name: 'way', type: { type: 'enum', name: 'Way', symbols: ['A', 'B'] } },
      { name: 'hash', type: { type: 'fixed', name: 'Hash', size: 2 } },
      { name: 'raw', type: 'bytes' },
      { name: 'maps', type: { type: 'map', values: ['null', 'int', { type: 'array', items: 'Way' }] } },
      { name: 'inner', type: { type: 'array', items: ['null', 'All'] } },
      { name: 'two', type: ['int', 'long'] },
      { name: 'next', type: ['null', 'All'] },
    ],
  });
  const samples = samplesOf(type) as readonly Record<string, unknown>[];

  it('are of it, and the same each time', () => {
    for (const sample of samples) expect(type.isValid(sample)).toBe(true);
    expect(samplesOf(type)).toEqual(samples);
  });

  it('have every branch and every symbol, also within', () => {
    expect(new Set(samples.map(({ whole }) => typeof whole))).toEqual(
      new Set(['object', 'bigint', 'string', 'boolean', 'number']),
    );
    expect(new Set(samples.map(({ way }) => way))).toEqual(new Set(['A', 'B']));
    const within = samples.flatMap(({ maps }) => Object.values(maps as object) as unknown[]);
    expect(new Set(within.map((value) => (Array.isArray(value) ? 'array' : typeof value)))).toEqual(
      new Set(['object', 'number', 'array']),
    );
  });
});
