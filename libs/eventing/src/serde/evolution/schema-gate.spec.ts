import { describe, expect, it } from '@jest/globals';
import { schemaChanges, type Verdict } from '../../../fixtures/schema-changes.ts';
import type { AvroSchema } from '../../domain/index.ts';
import { avroType } from '../avro.ts';
import { breaksOf } from './schema-gate.ts';

const verdict = (backward: boolean, forward: boolean): Verdict =>
  backward ? (forward ? 'FULL' : 'BACKWARD') : forward ? 'FORWARD' : 'NONE';

/** What our readers do at run time. */
function reads(reader: AvroSchema, writer: AvroSchema): boolean {
  try {
    avroType(reader).createResolver(avroType(writer));
    return true;
  } catch {
    return false;
  }
}

/** A field as it is read with another type than it was written with. */
function reread(writtenAs: unknown, readAs: unknown, value: unknown): unknown {
  const type = (f: unknown) => avroType({ type: 'record', name: 'R', fields: [{ name: 'f', type: f }] });
  const [writer, reader] = [type(writtenAs), type(readAs)];
  const read = reader.fromBuffer(writer.toBuffer({ f: value }), reader.createResolver(writer)) as object;
  expect(reader.isValid(read)).toBe(true);
  return (read as { f: unknown }).f;
}

it.each([
  ['int', 'long', 5, 5n],
  ['int', 'double', 5, 5],
  ['long', 'double', 5n, 5],
  [['null', 'int'], ['null', 'long'], 7, 7n],
  [{ type: 'array', items: 'int' }, { type: 'array', items: 'long' }, [1], [1n]],
  ['bytes', 'string', Buffer.from('é'), 'é'],
])(
  'what was promoted is of the type that the code has for it: %j read as %j',
  (from, to, value, expected) => {
    expect(reread(from, to, value)).toEqual(expected);
  },
);

describe('the gate', () => {
  it('is tried on at least forty kinds of change, each of its own name', () => {
    expect(new Set(schemaChanges.map(({ what }) => what)).size).toBeGreaterThanOrEqual(40);
    expect(new Set(schemaChanges.map(({ what }) => what)).size).toBe(schemaChanges.length);
  });

  it.each(schemaChanges)('$what: $verdict', ({ older, newer, verdict: expected }) => {
    const breaks = breaksOf([older, newer], 'FULL_TRANSITIVE');
    const backward = breaks.every(({ reader }) => reader !== 2);
    const forward = breaks.every(({ reader }) => reader !== 1);
    expect(verdict(backward, forward)).toBe(expected);
    const underBackward = breaksOf([older, newer], 'BACKWARD_TRANSITIVE');
    expect(underBackward).toEqual(breaks.filter(({ reader }) => reader === 2));
  });

  it.each(schemaChanges)('lets nothing through that readers cannot read: $what', (change) => {
    const { older, newer } = change;
    expect(verdict(reads(newer, older), reads(older, newer))).toBe(change.reader?.[0] ?? change.verdict);
  });
});
