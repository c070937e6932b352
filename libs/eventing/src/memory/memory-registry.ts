import type { AvroSchema } from '../domain/index.ts';
import { type RegisteredSchema, type SchemaRegistry, SchemaUnknown } from '../serde/schema-registry.ts';

/** A schema registry in this process, in which every schema that is asked for is registered. */
export class MemoryRegistry implements SchemaRegistry {
  /** Each schema's type and text; its id is its place, from 1. */
  private readonly schemas: { readonly type: string; readonly text: string }[] = [];
  /** Whether it has lost its schemas; they are back as soon as this is false again. */
  lost = false;
  /** What it fails with, if it does; asked for each request. */
  down: () => Error | undefined = () => undefined;

  async idOf(_subject: string, schema: AvroSchema): Promise<number> {
    this.refuseDown();
    return this.register(JSON.stringify(schema));
  }

  async schemaOf(id: number): Promise<RegisteredSchema> {
    this.refuseDown();
    const schema = this.lost ? undefined : this.schemas[id - 1];
    if (schema === undefined) throw new SchemaUnknown(`No schema has the id ${id}`);
    return { id, ...schema, references: async () => [] };
  }

  /** Anybody's schema, of any type; answers its id. */
  register(text: string, type = 'AVRO'): number {
    const known = this.schemas.findIndex((schema) => schema.text === text && schema.type === type);
    return known < 0 ? this.schemas.push({ type, text }) : known + 1;
  }

  private refuseDown(): void {
    const down = this.down();
    if (down) throw down;
  }
}
