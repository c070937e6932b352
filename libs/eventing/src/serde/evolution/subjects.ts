import { EventingError } from '../../domain/index.ts';
import { reasonOf, RegistryUnavailable } from '../schema-registry.ts';

/** The registry refused something, or the deployment did: nothing was registered unless the message says so. */
export class RegistrationFailed extends EventingError {
  constructor(message: string, fields: { readonly status?: number } = {}) {
    super('REGISTRATION_FAILED', message, { retryable: (fields.status ?? 0) >= 500, fields });
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Subject, version, schema, and the level of a subject: not found. */
const UNKNOWN = new Set<unknown>([40401, 40402, 40403, 40408]);
const JSON_OF_REGISTRIES = 'application/vnd.schemaregistry.v1+json';
/** Milliseconds for an answer: one that compares many versions takes its time. */
const PATIENCE_MS = 60_000;

/**
 * What a deployment asks of a registry, as Confluent documents its API. A schema is the JSON text of it. Throws RegistryUnavailable when
 * it does not answer, and RegistrationFailed when it says no.
 */
export class Subjects {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Where a subject has this very schema; undefined where it has not. */
  async find(subject: string, schema: string): Promise<{ id: number; version: number } | undefined> {
    const found = await this.known('POST', `/subjects/${encodeURIComponent(subject)}`, { schema });
    return found as { id: number; version: number } | undefined;
  }

  /** The newest version of a subject; undefined where there is none. */
  async newest(subject: string): Promise<{ version: number; schema: string } | undefined> {
    const found = await this.known('GET', `/subjects/${encodeURIComponent(subject)}/versions/latest`);
    return found as { version: number; schema: string } | undefined;
  }

  /** Sets how versions of a subject are compared, unless it is so already. */
  async setLevel(subject: string, compatibility: string): Promise<void> {
    const path = `/config/${encodeURIComponent(subject)}`;
    const level = (await this.known('GET', path)) as { compatibilityLevel?: string } | undefined;
    if (level?.compatibilityLevel !== compatibility) await this.ask('PUT', path, { compatibility });
  }

  /** Why a schema cannot be the next version of a subject, by the subject's level; undefined when it can. */
  async refusal(subject: string, schema: string): Promise<string | undefined> {
    const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions?verbose=true`;
    const answer = (await this.ask('POST', path, { schema })) as {
      is_compatible?: unknown;
      messages?: readonly string[];
    };
    if (answer.is_compatible === true) return undefined;
    return answer.messages?.join('; ') || 'it is not compatible';
  }

  async register(subject: string, schema: string): Promise<{ id: number; version: number }> {
    const path = `/subjects/${encodeURIComponent(subject)}/versions`;
    await this.ask('POST', path, { schema });
    const found = await this.find(subject, schema);
    if (found) return found;
    throw new RegistrationFailed(
      `The registry ${this.url} took a version of ${subject}, and does not know it`,
    );
  }

  /** The schema that has this id; undefined where none has. */
  async byId(id: number): Promise<string | undefined> {
    const found = (await this.known('GET', `/schemas/ids/${id}`)) as { schema: string } | undefined;
    return found?.schema;
  }

  /** undefined for the registry's own word that it does not know. */
  private async known(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await this.exchange(method, path, body);
    if (answer.status === 404 && UNKNOWN.has(parsed(answer)?.['error_code'])) return undefined;
    return this.accepted(method, path, answer);
  }

  private async ask(method: string, path: string, body?: object): Promise<object> {
    return this.accepted(method, path, await this.exchange(method, path, body));
  }

  private accepted(method: string, path: string, answer: Answer): object {
    const { status, text } = answer;
    const said = parsed(answer);
    if (status === 200 && said) return said;
    throw new RegistrationFailed(
      `The registry did not take ${method} ${this.url}${path}: ${status} ${text.slice(0, 500)}`,
      { status },
    );
  }

  private async exchange(method: string, path: string, body?: object): Promise<Answer> {
    try {
      const answer = await fetch(`${this.url}${path}`, {
        method,
        headers: { 'content-type': JSON_OF_REGISTRIES },
        // eslint-disable-next-line no-restricted-properties -- a registry behind HTTP answers in the machine's time
        signal: AbortSignal.timeout(PATIENCE_MS),
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: answer.status, text: await answer.text() };
    } catch (cause) {
      const message = `The registry, asked for ${this.url}${path}, did not answer: ${reasonOf(cause)}`;
      throw new RegistryUnavailable(message, { fields: { url: this.url, path }, cause });
    }
  }
}

function parsed({ text }: Answer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
