import { KafkaError } from '../client/errors.ts';
import { encoded, type Exchange, protocolError, type SpokenVersions } from '../client/kafkajs.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** What a broker speaks, and what its whole cluster has agreed on. */
export interface BrokerAbilities {
  /** The newest version of each request, by its key. */
  readonly newest: ReadonlyMap<number, number>;
  /** Levels of the cluster's finalized features (KIP-584), by name. */
  readonly features: ReadonlyMap<string, number>;
}

const API_VERSIONS = 18;
const FINALIZED_FEATURES_TAG = 2;

/** ApiVersions version 3: KafkaJS stops at 2, which tells nothing about features. */
export function apiVersionsExchange(): Exchange {
  const writer = new Writer().uvarint(0).compactString('atelier').compactString('1').uvarint(0);
  return {
    request: { apiKey: API_VERSIONS, apiVersion: 3, apiName: 'ApiVersions', encode: encoded(writer) },
    response: {
      decode: async (bytes) => decodeAbilities(new Reader(bytes)),
      parse: async (decoded) => decoded,
    },
  };
}

/** The header of this one answer has no tagged fields in any version (KIP-511). */
function decodeAbilities(reader: Reader): BrokerAbilities {
  const errorCode = reader.int16();
  if (errorCode !== 0) throw protocolError(errorCode);
  const newest = reader.compactArray(() => {
    const apiKey = reader.int16();
    reader.int16();
    const version = reader.int16();
    reader.tags();
    return [apiKey, version] as const;
  });
  reader.int32();
  return { newest: new Map(newest), features: decodeFeatures(reader) };
}

function decodeFeatures(reader: Reader): Map<string, number> {
  const features = new Map<string, number>();
  for (let count = reader.uvarint(); count > 0; count--) {
    const tag = reader.uvarint();
    const value = new Reader(reader.raw(reader.uvarint()));
    if (tag !== FINALIZED_FEATURES_TAG) continue;
    for (const [name, level] of value.compactArray(() => decodeFeature(value))) features.set(name, level);
  }
  return features;
}

function decodeFeature(reader: Reader): [name: string, level: number] {
  const name = reader.compactString() ?? '';
  const level = reader.int16();
  reader.int16();
  reader.tags();
  return [name, level];
}

/**
 * Throws UNSUPPORTED_VERSION for a request that the broker does not speak. It would answer with the end of the connection, which
 * looks like a network that fails, and is tried again for ever.
 */
export function refuseUnspoken(
  address: string,
  { apiKey, apiName, apiVersion }: Exchange['request'],
  spoken: SpokenVersions | null,
): void {
  if (!spoken) return;
  const { minVersion, maxVersion } = spoken[apiKey] ?? {};
  if (
    minVersion !== undefined &&
    maxVersion !== undefined &&
    minVersion <= apiVersion &&
    apiVersion <= maxVersion
  )
    return;
  const speaks = maxVersion === undefined ? 'not at all' : `in its versions ${minVersion} to ${maxVersion}`;
  throw new KafkaError(
    'UNSUPPORTED_VERSION',
    `The broker ${address} speaks ${apiName} ${speaks}, and version ${apiVersion} is needed: ${NEEDED_BROKERS}`,
    { retryable: false },
  );
}

const NEEDED_BROKERS = 'run Kafka 3.1 or later; docs/adr/0020 says which was tested';
