import { expect, it } from '@jest/globals';
import { renderAll } from './render.ts';
import type { RecordSchema } from './schema.ts';

const record = (name: string, ...fields: RecordSchema['fields']): RecordSchema => ({
  type: 'record',
  name,
  namespace: 'shop',
  fields,
});
const id = { name: 'id', type: 'string' };

function rendered(...versions: readonly RecordSchema[]): ReadonlyMap<string, string> {
  const latest = versions.at(-1) as RecordSchema;
  return renderAll([
    { type: 'Opened', topic: 'shop.events', key: 'id', files: [], versions, latest, former: false },
  ]);
}

it('gives the data of each former version a type (there was one of the newest alone)', () => {
  const files = rendered(record('Opened', id), record('Opened', id, { name: 'by', type: 'string' }));
  expect(files.get('shop.events.versions.ts')).toContain(
    'export interface OpenedV1Data {\n  readonly id: string;\n}\n',
  );
  expect(files.get('shop.events.ts')).toContain("export type * from './shop.events.versions.ts';");
});

it('has no such file where nothing has a former version', () => {
  expect([...rendered(record('Opened', id)).keys()]).not.toContain('shop.events.versions.ts');
});

it('shares types with the newest versions where they are the same, and has its own where they, or one within, are not', () => {
  const money = (...fields: RecordSchema['fields']) =>
    record('Money', { name: 'amount', type: 'long' }, ...fields);
  const version = (...more: RecordSchema['fields']) =>
    record(
      'Opened',
      id,
      { name: 'way', type: { type: 'enum', name: 'Way', symbols: ['A'] } },
      { name: 'line', type: record('Line', { name: 'price', type: money(...more) }) },
      { name: 'before', type: ['null', 'shop.Line'] },
    );
  const text = rendered(version(), version({ name: 'currency', type: 'string' })).get(
    'shop.events.versions.ts',
  );
  expect(
    text
      ?.split('\n')
      .filter((line) => line !== '')
      .slice(1)
      .join('\n'),
  ).toBe(`import type { Way } from './records.ts';
export interface OpenedV1Money {
  readonly amount: bigint;
}
export interface OpenedV1Line {
  readonly price: OpenedV1Money;
}
export interface OpenedV1Data {
  readonly id: string;
  readonly way: Way;
  readonly line: OpenedV1Line;
  readonly before: null | OpenedV1Line;
}`);
});
