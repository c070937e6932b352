import { RegistryUnavailable, type SchemaRegistry, SchemaUnknown } from './schema-registry.ts';
import { nameOf } from './writer-schema.ts';

/**
 * The newest schema that a registry is known to have had. One that does not have it any more has lost schemas, a restored backup those
 * that came after it, or is another registry: what it does not know says nothing about a record.
 */
export class NewestKnown {
  private readonly registry: SchemaRegistry;
  private id = 0;
  private name = '';

  constructor(registry: SchemaRegistry) {
    this.registry = registry;
  }

  /** The registry has this schema, of this full name. */
  saw(id: number, name = ''): void {
    if (id <= this.id) return;
    this.id = id;
    this.name = name;
  }

  /** Rejects with RegistryUnavailable when the registry does not have it any more, or does not answer. */
  async confirm(): Promise<void> {
    if (this.id === 0 || (await this.isThere())) return;
    const { id, name } = this;
    throw new RegistryUnavailable(
      `The registry had ${name} under the schema id ${id}, and does not any more: it has lost schemas, or is another one. Run the deployment step, which puts them back or says what to do`,
      { fields: { schemaId: id } },
    );
  }

  private async isThere(): Promise<boolean> {
    try {
      return nameOf(await this.registry.schemaOf(this.id)) === this.name;
    } catch (error) {
      if (error instanceof SchemaUnknown) return false;
      throw error;
    }
  }
}
