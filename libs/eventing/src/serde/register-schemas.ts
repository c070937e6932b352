import { type AnyMessageType, type AvroSchema, type Contract, EventingError } from '../domain/index.ts';
import { avroType } from './avro.ts';
import type { Compatibility } from './evolution/schema-gate.ts';
import { reasonOf, RegistryUnavailable } from './schema-registry.ts';

/** The registry refused a version. */
export class RegistrationFailed extends EventingError {
  constructor(message: string, type: string, status: number) {
    super('REGISTRATION_FAILED', message, { retryable: status >= 500, fields: { type, status } });
  }
}

/**
 * Registers every version of every message, oldest first, and sets each subject's compatibility: events are kept
 * forever and read by old and new readers, so both ways; commands only need new readers. An incompatible version
 * is refused by the registry, and with it the deployment: RegistrationFailed. Answers how many subjects there are.
 */
export async function registerSchemas(
  registryUrl: string,
  contracts: readonly Contract[],
  level: (topic: string) => Compatibility,
): Promise<number> {
  const registered = contracts.map(async (contract) => {
    const types = Object.values(contract.types);
    for (const type of types) await registerType(registryUrl, type, level(type.topic));
    return types.length;
  });
  return (await Promise.all(registered)).reduce((sum, count) => sum + count, 0);
}

async function registerType(
  registryUrl: string,
  type: AnyMessageType,
  compatibility: Compatibility,
): Promise<void> {
  const [first, ...later] = type.versions as [AvroSchema, ...AvroSchema[]];
  const subject = encodeURIComponent(`${type.topic}-${avroType(first).name ?? ''}`);
  const register = (schema: AvroSchema) =>
    request(
      registryUrl,
      'POST',
      `/subjects/${subject}/versions`,
      { schema: JSON.stringify(schema) },
      type.type as string,
    );
  await register(first);
  await request(registryUrl, 'PUT', `/config/${subject}`, { compatibility }, type.type as string);
  for (const schema of later) await register(schema);
}

async function request(
  registryUrl: string,
  method: string,
  path: string,
  body: object,
  what: string,
): Promise<void> {
  const answer = await fetch(`${registryUrl}${path}`, {
    method,
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify(body),
  }).catch((cause: unknown) => {
    const message = `The registry, asked for ${registryUrl}${path}, did not answer: ${reasonOf(cause)}`;
    throw new RegistryUnavailable(message, { fields: { url: registryUrl, path }, cause });
  });
  if (answer.ok) return;
  const reason = `${answer.status} ${await answer.text()}`;
  throw new RegistrationFailed(
    answer.status === 409
      ? `A version of ${what} is not compatible with the earlier ones: ${reason}`
      : `The registry did not take ${what} (${method} ${path}): ${reason}`,
    what,
    answer.status,
  );
}
