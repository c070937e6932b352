import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readSchemas } from './read-schemas.ts';
import { renderAll } from './render.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'schemas-'));
});
afterEach(() => rm(dir, { recursive: true }));

const orderId = { name: 'orderId', type: 'string' };
const schema = (name: string, ...fields: readonly unknown[]) => ({
  type: 'record',
  name,
  namespace: 'atelier.orders',
  fields: [orderId, ...fields],
});

async function readWith(files: Record<string, unknown>) {
  await mkdir(join(dir, 'orders.events'));
  for (const [file, content] of Object.entries(files)) {
    await writeFile(join(dir, 'orders.events', file), JSON.stringify(content));
  }
  return readSchemas(pathToFileURL(`${dir}/`));
}

describe('reading schemas', () => {
  it('keeps all versions in their order and types the highest, also beyond nine', async () => {
    const newest = schema('Opened', { name: 'by', type: ['null', 'string'], default: null });
    const older = Array.from({ length: 9 }, (_, n) => [`Opened.v${n + 1}.avsc`, schema('Opened')]);
    const sources = await readWith({ ...Object.fromEntries(older), 'Opened.v10.avsc': newest });
    expect(sources[0]?.versions).toHaveLength(10);
    expect(sources[0]?.latest).toEqual(newest);
    const code = renderAll(sources).get('orders.events.ts');
    expect(code).toContain('readonly by: null | string;');
    expect(code).toContain('OpenedV9, OpenedV10]');
  });

  it.each([
    ['a gap', { 'Opened.v2.avsc': schema('Opened') }, 'Opened.v1.avsc is missing'],
    ['another name inside', { 'Opened.v1.avsc': schema('Closed') }, 'describes Closed'],
    ['a file that is no schema', { 'notes.txt': {} }, 'name it <Type>.v<version>.avsc'],
    ['no key', { 'Opened.v1.avsc': { ...schema('Opened'), fields: [] } }, 'lacks the topic'],
  ])('refuses %s', async (_, files, message) => {
    await expect(readWith(files)).rejects.toThrow(message);
  });

  it('refuses two records of one name', async () => {
    const money = (type: string) => {
      const record = { type: 'record', name: 'Money', fields: [{ name: 'amount', type }] };
      return { name: 'price', type: record };
    };
    const sources = await readWith({
      'Opened.v1.avsc': schema('Opened', money('long')),
      'Closed.v1.avsc': schema('Closed', money('int')),
    });
    expect(() => renderAll(sources)).toThrow('Opened means another Money than the rest');
  });
});
