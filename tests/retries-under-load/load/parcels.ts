import {
  type Catalogue,
  contract,
  type GroupSpec,
  type Message,
  messageType,
  withSideTopics,
} from '@atelier/eventing/domain';

/** A parcel is to be delivered; the first `failures` attempts at it fail. */
export type ParcelSent = Message<'ParcelSent', { parcelId: string; failures: number }>;

export const PARTITIONS = 6;

/** Contract and catalogue of one effect, which reads `ParcelSent`; the same in each process for the same name. */
export function parcels(name: string, retries: number) {
  const [topic, group] = [`${name}.parcels`, `${name}.courier`];
  const fields = [
    { name: 'parcelId', type: 'string' },
    { name: 'failures', type: 'int' },
  ];
  const namespace = name.replaceAll('-', '_');
  const ParcelSent = messageType<ParcelSent>({
    type: 'ParcelSent',
    topic,
    key: 'parcelId',
    versions: [{ type: 'record', name: 'ParcelSent', namespace, fields }],
  });
  const spec: GroupSpec = { group, kind: 'effect', topics: [topic], retries };
  const source = {
    name: topic,
    partitions: PARTITIONS,
    retentionMs: -1,
    maxMessageBytes: 1_048_588,
    writers: [],
  };
  const catalogue: Catalogue = withSideTopics([source], [spec]);
  return { topic, group, spec, ParcelSent, catalogue, contracts: [contract(topic, { ParcelSent })] };
}
