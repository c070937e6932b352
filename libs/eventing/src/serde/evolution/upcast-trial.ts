import {
  type AnyMessageType,
  ConfigurationError,
  type Contract,
  type Message,
  messageTypes,
  upcastBy,
  UpcastFailed,
  type Upcaster,
} from '../../domain/index.ts';
import { avroType, type Resolver, type Type } from '../avro.ts';
import { samplesOf } from './samples.ts';

const MOST_OF_SAMPLE = 300;

/**
 * Runs every upcaster, and those behind it, on samples of every version of its message: it has to take whatever the schema allows, and
 * what it gives has to be what the new schema says. It gets what cannot be changed. ConfigurationError with each that fails, where it is
 * written, and a sample on which it does.
 */
export function tryUpcasters(contracts: readonly Contract[]): void {
  const failures = new Map<string, string>();
  for (const contract of contracts)
    for (const { from } of contract.upcasters)
      for (const { message, name, text } of samplesOfType(from))
        for (const failure of failuresOf(contract, message))
          if (!failures.has(failure)) failures.set(failure, `${failure}, given a sample of ${name}: ${text}`);
  if (failures.size === 0) return;
  throw new ConfigurationError(
    'UPCASTER_REFUSED',
    `Nothing was registered. ${[...failures.values()].join('\n')}\nMend it: an upcaster takes whatever its schema allows`,
  );
}

/** Of each version, as the newest reads them; of one that it cannot read there are none, and the gate says why. */
function samplesOfType(type: AnyMessageType) {
  const newest = type.versions.at(-1);
  if (!newest) return [];
  const reader = avroType(newest);
  return type.versions.flatMap((schema, index) => {
    const writer = avroType(schema);
    const resolver = resolverOf(reader, writer);
    if (!resolver) return [];
    return samplesOf(writer).map((sample) => {
      const data: unknown = reader.fromBuffer(writer.toBuffer(sample), resolver);
      const name = `${type.type as string}.v${index + 1}`;
      return {
        name,
        text: reader.toString(data).slice(0, MOST_OF_SAMPLE),
        message: type(data as never) as Message,
      };
    });
  });
}

function resolverOf(reader: Type, writer: Type): Resolver | undefined {
  try {
    return reader.createResolver(writer);
  } catch {
    return undefined;
  }
}

function failuresOf(contract: Contract, message: Message): readonly string[] {
  const found = contract.upcasters.find(({ from }) => from.type === message.type);
  if (!found) return [];
  try {
    const given = upcastBy(found, { ...message, data: frozen(message.data) });
    for (const each of given) refuseStrange(contract, found, each);
    return given.flatMap((each) => failuresOf(contract, each));
  } catch (error) {
    if (error instanceof UpcastFailed) return [error.failure];
    throw error;
  }
}

function refuseStrange(contract: Contract, found: Upcaster, given: Message): void {
  const strange = strangeIn(contract, given);
  if (strange !== undefined) throw new UpcastFailed(found, `gave what the schema does not have: ${strange}`);
}

/** The first of what a message says that its schema does not have: `OrderSubmitted.customer.id is 5`. */
export function strangeIn(contract: Contract, { type, data }: Message): string | undefined {
  const schema = messageTypes(contract)
    .find((one) => one.type === type)
    ?.versions.at(-1);
  if (!schema) return `${type} is none of ${contract.topic}, or without a schema`;
  let found: string | undefined;
  avroType(schema).isValid(data, {
    errorHook: (path: readonly string[], value: unknown) => {
      found ??= `${[type, ...path].join('.')} is ${String(value)}`;
    },
  });
  return found;
}

/** A copy that cannot be changed, of objects of the same realm: `structuredClone` makes those of another one under Jest. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozen)) as T;
  const entries = Object.entries(value).map(([name, each]) => [name, frozen(each as unknown)]);
  return Object.freeze(Object.fromEntries(entries)) as T;
}
