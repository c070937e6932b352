import { describe, expect, it } from '@jest/globals';
import { avroType } from './avro.ts';
import { MalformedAvro } from './avro-bytes.ts';
import { checkOf } from './avro-check.ts';

const record = (name: string, ...fields: [name: string, type: unknown][]) => ({
  type: 'record',
  name,
  fields: fields.map(([name, type]) => ({ name, type })),
});
const array = (items: unknown) => ({ type: 'array', items });
const map = (values: unknown) => ({ type: 'map', values });
const one = (type: unknown) => record('Value', ['it', type]);

/** Any whole number as Avro's zigzag. */
function long(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}
const text = (value: string | Buffer) => [...long(Buffer.byteLength(value)), ...Buffer.from(value as Buffer)];

function check(schema: object, bytes: readonly number[]): void {
  checkOf(avroType(schema))(Buffer.from([0, 0, 0, 0, 1, ...bytes]), 5);
}

describe('the check of a value before it is decoded', () => {
  it('takes what avsc writes of every type, and nothing that is cut off or longer', () => {
    const schema = record(
      'All',
      ['none', 'null'],
      ['yes', 'boolean'],
      ['small', 'int'],
      ['large', 'long'],
      ['f', 'float'],
      ['d', 'double'],
      ['raw', 'bytes'],
      ['name', 'string'],
      ['hash', { type: 'fixed', name: 'Hash', size: 3 }],
      ['state', { type: 'enum', name: 'State', symbols: ['ON', 'OFF'] }],
      ['maybe', ['null', 'string']],
      ['lines', array(record('Line', ['sku', 'string'], ['n', 'int']))],
      ['tags', map(array('long'))],
    );
    const type = avroType(schema);
    const value = type.toBuffer({
      none: null,
      yes: true,
      small: -(2 ** 31),
      large: -(2n ** 63n),
      f: 1.5,
      d: -2.5,
      raw: Buffer.from([0xff, 0xfe]),
      name: 'Zoë ☂ 𝄞'.repeat(20),
      hash: Buffer.from([1, 2, 3]),
      state: 'OFF',
      maybe: 'x',
      lines: [
        { sku: 'a', n: 1 },
        { sku: 'b', n: 2 ** 31 - 1 },
      ],
      tags: { constructor: [2n ** 63n - 1n], '☂': [] },
    });
    const bytes = [...value];
    expect(() => check(schema, bytes)).not.toThrow();
    for (let end = 0; end < bytes.length; end++)
      expect(() => check(schema, bytes.slice(0, end))).toThrow(MalformedAvro);
    expect(() => check(schema, [...bytes, 0])).toThrow('1 bytes are left behind it');
  });

  const many = long(30_000_000);
  it.each<[string, unknown, readonly number[], string]>([
    [
      'items of an array',
      array('string'),
      [...many, 2],
      'it announces 30000000 items, and 1 bytes are left (byte 9 of 10)',
    ],
    ['entries of a map', map('string'), many, 'it announces 30000000 items, and 0 bytes are left'],
    ['items without bytes', array('null'), [...many, 0], 'it announces 30000000 items'],
    ['records without fields', array(record('None')), [...many, 0], 'it announces 30000000 items'],
    ['records of nulls', array(record('Nulls', ['a', 'null'])), [...many, 0], 'it announces 30000000 items'],
    [
      'more nulls than bytes, block by block',
      array('null'),
      [...long(3), ...long(3), ...long(3), 0],
      'items',
    ],
    [
      'more items than 53 bits tell',
      array('null'),
      [...long(2n ** 63n - 1n), 0],
      'announces 9223372036854776000 items',
    ],
    ['a negative count that is its size', array('null'), [...long(-(2n ** 63n)), 0, 0], 'items'],
    [
      'items of an inner array',
      array(array('null')),
      [...long(1), ...many, 0, 0],
      'it[0] announces 30000000 items',
    ],
    [
      'items of a field',
      record('R', ['rows', array(array('int'))]),
      [...long(1), ...many],
      'it.rows[0] announces',
    ],
    ['bytes of a string', 'string', [...many, 65], 'it has 30000000 bytes, and 1 are left'],
    ['bytes of bytes', 'bytes', [...many, 65], 'it has 30000000 bytes, and 1 are left'],
    ['bytes of a key', map('null'), [...long(1), ...many], 'it[0] has 30000000 bytes'],
    ['bytes that go back', 'string', long(-3), 'it has -3 bytes'],
    [
      'bytes of a fixed',
      { type: 'fixed', name: 'F', size: 2 ** 30 },
      [1],
      'it has 1073741824 bytes, and 1 are left',
    ],
    [
      'a block that says it is longer',
      array('int'),
      [...long(-1), ...long(9), 2, 0],
      'follows a block of 1 bytes that says it has 9',
    ],
    ['a block that says it goes back', array('null'), [...long(-1), ...long(-3), 0], 'that says it has -3'],
    ['a branch that is none', ['null', 'int'], long(2), 'it is number 2 of 2'],
    ['a branch before the first', ['null', 'int'], long(-1), 'it is number -1 of 2'],
    ['a symbol that is none', { type: 'enum', name: 'E', symbols: ['A'] }, long(1), 'it is number 1 of 1'],
    ['a boolean of another kind', 'boolean', [2], 'it is 2, and no boolean'],
    ['an int of 33 bits', 'int', long(2 ** 31), 'it is a number of more than 32 bits'],
    ['a long of 65 bits', 'long', [...Array<number>(9).fill(255), 2], 'it is a number of more than 64 bits'],
    ['a number without an end', 'long', Array<number>(60).fill(128), 'it is a number of more than 64 bits'],
    ['a number that is cut off', 'long', [128], 'it is missing: the bytes end here'],
    ['text that is not UTF-8', 'string', text(Buffer.from([0x61, 0xff])), 'it is not valid UTF-8'],
    ['a lone surrogate', 'string', text(Buffer.from([0xed, 0xa0, 0x80])), 'it is not valid UTF-8'],
    [
      'a key that is not UTF-8',
      map('null'),
      [...long(1), ...text(Buffer.from([0xff])), 0],
      'it[0] is not valid UTF-8',
    ],
    [
      'a key that no object can hold',
      map('int'),
      [...long(1), ...text('__proto__'), 2, 0],
      'it[0] has the key __proto__',
    ],
  ])('refuses %s', (_, type, bytes, message) => {
    expect(() => check(one(type), bytes)).toThrow(message);
  });

  const [two, words] = [record('Two', ['f', 'bytes']), record('Two', ['f', 'string'])];
  it.each<[string, unknown, unknown, boolean]>([
    ['a string', 'bytes', 'string', false],
    ['a string that may be null', 'bytes', ['null', 'string'], false],
    ['one branch of each', ['null', 'bytes'], ['null', 'string'], false],
    ['items', array('bytes'), array('string'), false],
    ['values', map('bytes'), ['null', map('string')], false],
    ['the field of a record', two, ['null', words], false],
    ['the field of one of another name', two, { ...words, name: 'Other', aliases: ['Two'] }, false],
    ['the first of string and bytes', 'bytes', ['string', 'bytes'], false],
    ['bytes', 'bytes', 'bytes', true],
    ['the first of bytes and string', 'bytes', ['bytes', 'string'], true],
  ])(
    'asks bytes to be UTF-8 where they are read as text (they came to be U+FFFD): as %s',
    (_, written, read, taken) => {
      const [writer, reader] = [avroType(one(written)), avroType(one(read))];
      const ofBytes = (fill: number) => {
        const it = Buffer.from([fill]);
        const value = [it, [it], { a: it }, { f: it }].find((each) => writer.isValid({ it: each }));
        return writer.toBuffer({ it: value });
      };
      const check = (fill: number) => () => checkOf(writer, reader)(ofBytes(fill), 0);
      expect(check(0x61)).not.toThrow();
      if (taken) expect(check(0xff)).not.toThrow();
      else expect(check(0xff)).toThrow('is not valid UTF-8');
      const found: unknown = reader.fromBuffer(ofBytes(0xff), reader.createResolver(writer));
      expect(JSON.stringify(found).includes('\ufffd')).toBe(!taken);
    },
  );

  it('does not ask it of bytes that nobody reads', () => {
    const writer = avroType(one('bytes'));
    const reader = avroType(record('Value'));
    expect(() => checkOf(writer, reader)(writer.toBuffer({ it: Buffer.from([0xff]) }), 0)).not.toThrow();
  });

  it('although avsc makes three million items of five bytes, and reads text that nobody sent (negative control)', () => {
    const nulls = avroType(array('null') as object);
    expect(nulls.fromBuffer(Buffer.from([...long(3_000_000), 0]))).toHaveLength(3_000_000);
    const string = avroType({ type: 'string' });
    expect(string.fromBuffer(Buffer.from(text(Buffer.from([0x61, 0xff]))))).toBe('a\ufffd');
    expect([...string.toBuffer('\ud800')]).toEqual(text(Buffer.from([0xed, 0xa0, 0x80])));
  });

  const list = record('List', ['next', ['null', 'List']]);
  it('takes values that are nested as deep as can be read, and no deeper', () => {
    const nested = (times: number) => [...Array<number>(times - 1).fill(2), 0];
    expect(() => check(list, nested(1_000))).not.toThrow();
    expect(() => avroType(list).fromBuffer(Buffer.from(nested(1_000)))).not.toThrow();
    expect(() => check(list, nested(1_001))).toThrow('is nested more than 1000 times');
    expect(() => check(list, nested(1_000_000))).toThrow('is nested more than 1000 times');
  });
});
