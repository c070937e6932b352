import {
  type AnyMessageType,
  type AvroSchema,
  ConfigurationError,
  type Contract,
  messageTypes,
  newestTypes,
} from '../domain/index.ts';
import { avroType, type Type } from './avro.ts';

/** A type of message that the contracts have, or once had. */
export interface KnownType {
  readonly type: AnyMessageType;
  readonly avro: Type;
  /** What is written: the last version. */
  readonly schema: AvroSchema;
  readonly contract: Contract;
  /** The names of the current types that its messages come to. */
  readonly newest: readonly string[];
}

/** The types of some contracts. */
export class KnownTypes {
  readonly all: ReadonlyMap<string, KnownType>;
  private readonly byFullName: ReadonlyMap<string, KnownType>;
  private readonly namespaces: ReadonlySet<string>;
  private readonly topics: ReadonlySet<string>;

  constructor(contracts: readonly Contract[]) {
    const known = contracts.flatMap((contract) =>
      messageTypes(contract).map((type) => knownOf(type, contract)),
    );
    this.topics = new Set(contracts.map(({ topic }) => topic));
    this.all = new Map(known.map((each) => [each.type.type as string, each]));
    this.byFullName = new Map(known.map((each) => [each.avro.name ?? '', each]));
    this.namespaces = new Set(known.map(({ avro }) => namespaceIn(avro.name)));
  }

  of(fullName: string | undefined): KnownType | undefined {
    return this.byFullName.get(fullName ?? '');
  }

  /** The namespace of a name, if it is one of the contracts': then it is no other team's, but another release's. */
  ownNamespace(fullName: string | undefined): string | undefined {
    const namespace = namespaceIn(fullName);
    return this.namespaces.has(namespace) && namespace !== '' ? namespace : undefined;
  }

  hasTopic(topic: string): boolean {
    return this.topics.has(topic);
  }
}

function knownOf(type: AnyMessageType, contract: Contract): KnownType {
  const name = type.type as string;
  const schema = type.versions.at(-1);
  if (!schema)
    throw new ConfigurationError('SCHEMA_MISSING', `${name} has no schema: generate the contracts again`);
  return { type, avro: avroType(schema), schema, contract, newest: newestTypes(contract, name) };
}

/** Empty where there is none. */
const namespaceIn = (fullName = '') => fullName.slice(0, Math.max(0, fullName.lastIndexOf('.')));
