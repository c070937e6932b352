import { SchemaRegistry as ConfluentClient } from '@kafkajs/confluent-schema-registry';
import type { AvroSchema } from '../domain/index.ts';

/** What a running service asks of a schema registry: it looks up, and never registers. */
export interface SchemaRegistry {
  /** The schema that was registered under this id. */
  schemaOf(id: number): Promise<object>;
  /** The id of a schema that the subject must hold. */
  idOf(subject: string, schema: AvroSchema): Promise<number>;
}

/** The registry did not answer: nothing is known about the record, so nothing is decided about it. */
export class RegistryUnavailable extends Error {
  override readonly name = 'RegistryUnavailable';
  readonly code = 'REGISTRY_UNAVAILABLE';
  readonly retryable = true;
  readonly unavailable = true;
  readonly dependency = 'schema registry';
}

/** The registry answered that it does not know. */
export class SchemaUnknown extends Error {
  override readonly name = 'SchemaUnknown';
  readonly code = 'SCHEMA_UNKNOWN';
  readonly retryable = false;
}

/** A registry with the Confluent API, such as Apicurio's `/apis/ccompat/v7`. Schemas by id never change: they are kept. */
export class ConfluentRegistry implements SchemaRegistry {
  private readonly client: ConfluentClient;
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
    this.client = new ConfluentClient({ host: url, retry: { retries: 1 } });
  }

  async schemaOf(id: number): Promise<object> {
    const found = await this.asked(`/schemas/ids/${id}`, () => this.client.getSchema(id));
    const { schema } = found as unknown as { schema(options: object): object };
    return JSON.parse(JSON.stringify(schema.call(found, { exportAttrs: true }))) as object;
  }

  async idOf(subject: string, schema: AvroSchema): Promise<number> {
    const path = `/subjects/${encodeURIComponent(subject)}/versions`;
    return this.asked(path, () => this.client.getRegistryIdBySchema(subject, schema as never));
  }

  private async asked<T>(path: string, question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (cause) {
      if (await this.isUnknown(path)) {
        throw new SchemaUnknown(
          `The registry ${this.url} does not know ${path}: has the deployment step run?`,
          { cause },
        );
      }
      throw new RegistryUnavailable(`The registry ${this.url} did not answer about ${path}`, { cause });
    }
  }

  /** Only the registry's own word counts: a 404 of a proxy, or of a wrong path, says nothing about the schema. */
  private async isUnknown(path: string): Promise<boolean> {
    try {
      const answer = await fetch(`${this.url}${path}`, { signal: AbortSignal.timeout(5_000) });
      const { error_code: code = 0 } = (await answer.json()) as { error_code?: number };
      return answer.status === 404 && UNKNOWN.has(code);
    } catch {
      return false;
    }
  }
}

/** Subject, version, schema not found. */
const UNKNOWN = new Set([40401, 40402, 40403]);
