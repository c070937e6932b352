import { readFileSync } from 'node:fs';
import { AvroSchemaParser } from '@asyncapi/avro-schema-parser';
import { Parser } from '@asyncapi/parser';
import { describe, expect, it } from '@jest/globals';

const text = readFileSync(new URL('asyncapi.json', import.meta.url), 'utf8');
const parser = new Parser({ schemaParsers: [AvroSchemaParser()] });
const ERROR = 0;

/** What the official parser says of it. */
async function errorsIn(document: string): Promise<string[]> {
  const diagnostics = await parser.validate(document);
  return diagnostics.filter(({ severity }) => severity === ERROR).map(({ message }) => message);
}

describe('the AsyncAPI document that is served', () => {
  it('is valid by the official parser', async () => {
    expect(await errorsIn(text)).toEqual([]);
  });

  it('would not be with a version that has no schema', async () => {
    const broken = text.replaceAll('#/components/schemas/PlaceOrder.v1', '#/nothing');
    expect((await errorsIn(broken)).join()).toContain('does not exist');
  });
});
