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
    const found = await this.asked(`schema id ${id}`, () => this.client.getSchema(id));
    return JSON.parse(
      JSON.stringify((found as unknown as { schema(options: object): object }).schema({ exportAttrs: true })),
    ) as object;
  }

  async idOf(subject: string, schema: AvroSchema): Promise<number> {
    return this.asked(`subject ${subject}`, () =>
      this.client.getRegistryIdBySchema(subject, schema as never),
    );
  }

  private async asked<T>(what: string, question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (cause) {
      if (statusOf(cause) === 404) {
        throw new SchemaUnknown(
          `The registry ${this.url} does not know ${what}: has the deployment step run?`,
          { cause },
        );
      }
      throw new RegistryUnavailable(`The registry ${this.url} did not answer about ${what}`, { cause });
    }
  }
}

function statusOf(error: unknown): number | undefined {
  const { status, cause, message } = error as { status?: number; cause?: unknown; message?: string };
  if (status !== undefined) return status;
  if (cause) return statusOf(cause);
  return /not found|no artifact|404/i.test(message ?? '') ? 404 : undefined;
}
