import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InvalidSchemas } from './problems.ts';
import { readSchemas } from './read-schemas.ts';
import { renderAll } from './render.ts';

let root: string;
let dir: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'contracts-'));
  dir = join(root, 'schemas');
  await mkdir(dir);
});
afterEach(() => rm(root, { recursive: true }));

const orderId = { name: 'orderId', type: 'string' };
const schema = (name: string, ...fields: readonly unknown[]) => ({
  type: 'record',
  name,
  namespace: 'atelier.orders',
  fields: [orderId, ...fields],
});
const by = (type: unknown = ['null', 'string']) => ({ name: 'by', type, default: null });

/** Files by their path below the folder; those without a folder are events of orders. */
async function readWith(files: Record<string, unknown>) {
  for (const [name, content] of Object.entries(files)) {
    const file = join(dir, name.includes('/') ? name : `orders.events/${name}`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }
  return readSchemas(pathToFileURL(`${dir}/`));
}

/** What is said, with the folder that all of it is below left out. */
async function refusalOf(files: Record<string, unknown>): Promise<string> {
  const refused = await readWith(files)
    .then(renderAll)
    .catch((error: unknown) => error);
  return refused instanceof InvalidSchemas
    ? refused.message.replaceAll('libs/contracts/schemas/', '').replaceAll('libs/contracts/', '')
    : 'taken';
}

describe('reading schemas', () => {
  it('keeps all versions in their order and types the highest, also beyond nine', async () => {
    const newest = schema('Opened', by());
    const older = Array.from({ length: 9 }, (_, n) => [
      `Opened.v${n + 1}.avsc`,
      { ...schema('Opened'), doc: `Edition ${n}` },
    ]);
    const sources = await readWith({ ...Object.fromEntries(older), 'Opened.v10.avsc': newest });
    expect(sources[0]?.versions).toHaveLength(10);
    expect(sources[0]?.latest).toEqual(newest);
    const code = renderAll(sources).get('orders.events.messages.ts');
    expect(code).toContain('readonly by: null | string;');
    expect(code).toContain('OpenedV9, OpenedV10]');
  });

  it('gives a type that has an upcaster a builder and a schema, and takes it out of what handlers see', async () => {
    const sources = await readWith({
      'Opened.v1.avsc': schema('Opened'),
      'Begun.v1.avsc': schema('Begun'),
      '../src/upcasters/orders.events/Opened.ts': '',
      '../src/upcasters/orders.events/Opened.spec.ts': '',
    });
    const files = renderAll(sources);
    expect(files.get('orders.events.messages.ts')).toContain('export const Opened = messageType<Opened>(');
    const code = files.get('orders.events.ts');
    expect(code).toContain("import { upcast as fromOpened } from '../upcasters/orders.events/Opened.ts';");
    expect(code).toContain("contract('orders.events', {\n  Begun,\n}, [\n  fromOpened,\n]);");
    expect(code).toContain('export type OrdersEvent =\n  | Begun;');
  });

  it('refuses an upcaster of no message', async () => {
    const files = { 'Opened.v1.avsc': schema('Opened'), '../src/upcasters/orders.events/Opend.ts': '' };
    expect(await refusalOf(files)).toBe(
      'src/upcasters/orders.events/Opend.ts is of no message: name it <topic>/<Type>.ts, after the one that it is from, whose schemas stay',
    );
  });

  it('makes types of enums, maps, fixed and logical types (the generator did not know them)', async () => {
    const channel = {
      type: 'enum',
      name: 'Channel',
      symbols: ['web', 'store'],
      default: 'web',
      doc: 'Where.',
    };
    const sources = await readWith({
      'Opened.v1.avsc': schema(
        'Opened',
        { name: 'channel', type: channel },
        { name: 'before', type: { type: 'array', items: 'Channel' } },
        { name: 'counts', type: { type: 'map', values: 'long' } },
        { name: 'hash', type: { type: 'fixed', name: 'Hash', size: 16 } },
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
      ),
    });
    const files = renderAll(sources);
    expect(files.get('records.ts')).toContain("/** Where. */\nexport type Channel = 'web' | 'store';");
    expect(files.get('records.ts')).toContain('export type Hash = Buffer;');
    const code = files.get('orders.events.messages.ts');
    expect(code).toContain("import type { Channel, Hash } from './records.ts';");
    expect(code).toContain('readonly before: readonly Channel[];');
    expect(code).toContain('readonly counts: Readonly<Record<string, bigint>>;');
    expect(code).toContain('readonly at: bigint;');
  });

  it.each([
    [
      'a gap',
      { 'Opened.v1.avsc': schema('Opened'), 'Opened.v3.avsc': schema('Opened', by()) },
      'orders.events/Opened.v3.avsc skips a number: orders.events/Opened.v2.avsc is missing, and versions count from 1 without gaps',
    ],
    [
      'another name inside',
      { 'Opened.v1.avsc': schema('Closed') },
      'orders.events/Opened.v1.avsc:3 describes Closed: give both one name',
    ],
    [
      'a file that is no schema',
      { 'notes.txt': {} },
      'orders.events/notes.txt is no schema file: name it <Type>.v<version>.avsc',
    ],
    [
      'a file in no folder',
      { './Opened.v1.avsc': schema('Opened') },
      'Opened.v1.avsc is in no folder of a topic: schemas are in schemas/<topic>/<Type>.v<version>.avsc',
    ],
    [
      'a topic without a key',
      { 'billing.events/Billed.v1.avsc': schema('Billed') },
      'billing.events/Billed.v1.avsc is of a topic without a key: name it in topic-keys.ts',
    ],
    [
      'no key',
      { 'Opened.v1.avsc': { ...schema('Opened'), fields: [] } },
      "orders.events/Opened.v1.avsc:3 lacks the topic's key: a string field orderId",
    ],
    [
      'half a file',
      { 'Opened.v1.avsc': '{\n  "type": "record",\n  "name": "Opened"\n' },
      /^orders.events\/Opened.v1.avsc:4 is no JSON: Expected/,
    ],
    [
      'an empty file',
      { 'Opened.v1.avsc': '' },
      /^orders.events\/Opened.v1.avsc:1 is no JSON: Unexpected end/,
    ],
    [
      'what is no record',
      { 'Opened.v1.avsc': { ...schema('Opened'), type: 'enum', symbols: ['A'] } },
      'orders.events/Opened.v1.avsc:3 describes no record: a message is a record',
    ],
    [
      'a type that is none, in the line of its field',
      { 'Opened.v1.avsc': schema('Opened', by('strin')) },
      'orders.events/Opened.v1.avsc:11 is no Avro schema: undefined type name: atelier.orders.strin',
    ],
    [
      'a file of null',
      { 'Opened.v1.avsc': 'null' },
      'orders.events/Opened.v1.avsc describes no record: a message is a record',
    ],
    [
      'null for "null" in a union',
      { 'Opened.v1.avsc': schema('Opened', by([null, 'string'])) },
      'orders.events/Opened.v1.avsc:11 is no Avro schema: a type is null: is "null" meant?',
    ],
    [
      'a record in a field, without fields',
      { 'Opened.v1.avsc': schema('Opened', by({ type: 'record', name: 'Who' })) },
      'orders.events/Opened.v1.avsc:11 is no Avro schema: non-array record fields: undefined',
    ],
    [
      'null for a field, behind another that is none',
      { 'Opened.v1.avsc': schema('Opened', { bad: true }, null) },
      'orders.events/Opened.v1.avsc:3 is no Avro schema: a type is missing',
    ],
    [
      'a folder in the place of a file',
      { 'orders.events/Opened.v1.avsc/x': '' },
      /^orders.events\/Opened.v1.avsc cannot be read: EISDIR/,
    ],
    [
      'a default of another type',
      { 'Opened.v1.avsc': schema('Opened', by('string')) },
      /^orders.events\/Opened.v1.avsc:11 is no Avro schema: incompatible field default null/,
    ],
    [
      'a union that the codec would want wrapped (it compiled, and could not be written)',
      { 'Opened.v1.avsc': schema('Opened', by(['null', 'int', 'long'])) },
      'orders.events/Opened.v1.avsc:11 holds a union whose branches plain values cannot tell apart, like int and long, or two records: use a field for each',
    ],
    [
      'a union of string and bytes (its bytes were read as text, with U+FFFD in it)',
      { 'Opened.v1.avsc': schema('Opened', { name: 'by', type: ['string', 'bytes'] }) },
      'orders.events/Opened.v1.avsc:11 holds a union of string and bytes, and what it holds would be read as the first of them: use a field for each',
    ],
    [
      'two messages of one name',
      {
        'Opened.v1.avsc': schema('Opened'),
        'dead-letters.events/Opened.v1.avsc': schema('Opened', { name: 'deadLetterId', type: 'string' }),
      },
      'orders.events/Opened.v1.avsc has the name of dead-letters.events/Opened.v1.avsc: a message has one topic, so rename one of them',
    ],
    [
      'a message that moves to another namespace',
      {
        'Opened.v1.avsc': schema('Opened'),
        'Opened.v2.avsc': { ...schema('Opened'), namespace: 'atelier.shop' },
      },
      'orders.events/Opened.v2.avsc:3 changes its full name to atelier.shop.Opened: add a new type of message instead',
    ],
    [
      'a version that changes nothing',
      { 'Opened.v1.avsc': schema('Opened'), 'Opened.v2.avsc': schema('Opened') },
      'orders.events/Opened.v2.avsc says what v1 says: edit it, or remove it',
    ],
  ])('refuses %s', async (_, files, message) => {
    const refusal = await refusalOf(files);
    if (typeof message === 'string') expect(refusal).toBe(message);
    else expect(refusal).toMatch(message);
  });

  it('tells all that is wrong at once', async () => {
    const refusal = await refusalOf({ 'Opened.v1.avsc': '{', 'Closed.v1.avsc': schema('Shut'), 'x.md': '' });
    expect(refusal.split('\n').map((line) => line.slice(0, 29))).toEqual([
      'orders.events/Closed.v1.avsc:',
      'orders.events/Opened.v1.avsc:',
      'orders.events/x.md is no sche',
    ]);
  });

  it('refuses two records of one name', async () => {
    const money = (type: string) => {
      const record = { type: 'record', name: 'Money', fields: [{ name: 'amount', type }] };
      return { name: 'price', type: record };
    };
    const refusal = await refusalOf({
      'Opened.v1.avsc': schema('Opened', money('long')),
      'Closed.v1.avsc': schema('Closed', money('int')),
    });
    expect(refusal).toBe(
      'orders.events/Opened.v1.avsc:3 means another Money than orders.events/Closed.v1.avsc: make the newest versions agree, or rename one',
    );
  });
});
