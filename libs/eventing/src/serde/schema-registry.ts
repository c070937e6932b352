import {
  type AvroSchema,
  type ErrorFields,
  EventingError,
  type EventingErrorOptions,
} from '../domain/index.ts';

/** A schema as it was registered: anybody's, of any kind. */
export interface RegisteredSchema {
  readonly id: number;
  /** `AVRO`, `JSON`, `PROTOBUF`, or what else a registry may have. */
  readonly type: string;
  readonly text: string;
  /** Looks up the texts of the schemas that it refers to by name, each behind those that it refers to itself. */
  readonly references: () => Promise<readonly string[]>;
}

/** What a running service asks of a schema registry: it looks up, and never registers. */
export interface SchemaRegistry {
  /** The schema that was registered under this id, whatever it is. */
  schemaOf(id: number): Promise<RegisteredSchema>;
  /** The id of a schema that the subject must hold. */
  idOf(subject: string, schema: AvroSchema): Promise<number>;
}

/** The registry did not answer: nothing is known about the record, so nothing is decided about it. */
export class RegistryUnavailable extends EventingError {
  readonly unavailable = true;
  readonly dependency = 'schema registry';

  constructor(message: string, options: Omit<EventingErrorOptions, 'retryable'> = {}) {
    super('REGISTRY_UNAVAILABLE', message, { ...options, retryable: true });
  }
}

/** The registry answered that it does not know. */
export class SchemaUnknown extends EventingError {
  constructor(message: string, fields: ErrorFields = {}) {
    super('SCHEMA_UNKNOWN', message, { fields });
  }
}

/** What the Confluent API says of a schema; a registry leaves out `AVRO`, and references where there are none. */
interface Answer {
  readonly schema: string;
  readonly schemaType?: string;
  readonly references?: readonly { readonly subject: string; readonly version: number }[];
}

type Json = Readonly<Record<string, unknown>>;

/** Subject, version, schema not found. */
const UNKNOWN = new Set<unknown>([40401, 40402, 40403]);
/** Milliseconds for an answer. */
const PATIENCE_MS = 10_000;
const JSON_OF_REGISTRIES = 'application/vnd.schemaregistry.v1+json';

/** A registry with the Confluent API, such as Apicurio's `/apis/ccompat/v7`. */
export class ConfluentRegistry implements SchemaRegistry {
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async schemaOf(id: number): Promise<RegisteredSchema> {
    const answer = await this.schemaAt(`/schemas/ids/${id}`);
    const { schema: text, schemaType: type = 'AVRO' } = answer;
    return { id, type, text, references: () => this.referencesOf(answer, new Set()) };
  }

  async idOf(subject: string, schema: AvroSchema): Promise<number> {
    const path = `/subjects/${encodeURIComponent(subject)}`;
    const { id } = await this.ask(path, { schema: JSON.stringify(schema) });
    if (typeof id !== 'number') throw this.unavailable(path, 'answered without an id');
    return id;
  }

  /** Depth first, each only once: two may refer to the same one. */
  private async referencesOf({ references = [] }: Answer, seen: Set<string>): Promise<string[]> {
    const texts: string[] = [];
    for (const { subject, version } of references) {
      const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}`;
      if (seen.has(path)) continue;
      seen.add(path);
      const answer = await this.schemaAt(path);
      texts.push(...(await this.referencesOf(answer, seen)), answer.schema);
    }
    return texts;
  }

  private async schemaAt(path: string): Promise<Answer> {
    const answer = await this.ask(path);
    if (typeof answer['schema'] !== 'string') throw this.unavailable(path, 'answered without a schema');
    return answer as unknown as Answer;
  }

  /** Only a registry's own word counts: an error page, or a 404 of a proxy, says nothing about a schema. */
  private async ask(path: string, body?: object): Promise<Json> {
    const { status, text } = await this.exchange(path, body);
    const answer = objectIn(text);
    if (answer && status === 200) return answer;
    if (answer && status === 404 && UNKNOWN.has(answer['error_code']))
      throw new SchemaUnknown(
        `The registry ${this.url} does not know ${path}: has the deployment step run?`,
        {
          url: this.url,
          path,
        },
      );
    throw this.unavailable(path, `answered ${status}: ${text.slice(0, 100)}`);
  }

  private async exchange(path: string, body?: object): Promise<{ status: number; text: string }> {
    const post = {
      method: 'POST',
      headers: { 'content-type': JSON_OF_REGISTRIES },
      body: JSON.stringify(body),
    };
    try {
      const answer = await fetch(`${this.url}${path}`, {
        // eslint-disable-next-line no-restricted-properties -- a registry behind HTTP answers in the machine's time
        signal: AbortSignal.timeout(PATIENCE_MS),
        ...(body && post),
      });
      return { status: answer.status, text: await answer.text() };
    } catch (cause) {
      throw this.unavailable(path, `did not answer: ${reasonOf(cause)}`, cause);
    }
  }

  private unavailable(path: string, what: string, cause?: unknown): RegistryUnavailable {
    return new RegistryUnavailable(`The registry, asked for ${this.url}${path}, ${what}`, {
      fields: { url: this.url, path },
      cause,
    });
  }
}

/** fetch itself says no more than that it failed. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  const { code, message: detail } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  return code ?? detail ?? message;
}

function objectIn(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
