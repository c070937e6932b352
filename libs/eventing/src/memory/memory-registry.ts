import type { AvroSchema } from '../domain/index.ts';
import { type RegisteredSchema, type SchemaRegistry, SchemaUnknown } from '../serde/schema-registry.ts';

/** A schema registry in this process, in which every schema that is asked for is registered. */
export class MemoryRegistry implements SchemaRegistry {
  private readonly texts: string[] = [];

  async idOf(_subject: string, schema: AvroSchema): Promise<number> {
    const text = JSON.stringify(schema);
    if (!this.texts.includes(text)) this.texts.push(text);
    return this.texts.indexOf(text) + 1;
  }

  async schemaOf(id: number): Promise<RegisteredSchema> {
    const text = this.texts[id - 1];
    if (text === undefined) throw new SchemaUnknown(`No schema has the id ${id}`);
    return { id, type: 'AVRO', text, references: async () => [] };
  }
}
