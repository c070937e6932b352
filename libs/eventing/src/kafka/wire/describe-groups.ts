import { encoded, type Exchange, protocolError } from '../client/kafkajs.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

const DESCRIBE_GROUPS = 15;

/**
 * DescribeGroups version 5, to the coordinator of a group. Resolves to the static names of its members (KIP-345), those without one
 * left out; rejects with the protocol's error.
 */
export function describeGroupExchange(group: string): Exchange {
  const writer = new Writer().uvarint(0).uvarint(2).compactString(group).int8(0).uvarint(0);
  return {
    request: {
      apiKey: DESCRIBE_GROUPS,
      apiVersion: 5,
      apiName: 'DescribeGroups',
      encode: encoded(writer),
    },
    response: { decode: async (bytes) => decode(new Reader(bytes)), parse: async (decoded) => decoded },
  };
}

function decode(reader: Reader): string[] {
  reader.tags();
  reader.int32();
  const groups = reader.compactArray(() => {
    const errorCode = reader.int16();
    for (const _ of ['name', 'state', 'protocol type', 'protocol']) reader.compactString();
    const members = reader.compactArray(() => decodeMember(reader));
    reader.int32();
    reader.tags();
    if (errorCode !== 0) throw protocolError(errorCode);
    return members;
  });
  return groups.flat().filter((name) => name !== null);
}

function decodeMember(reader: Reader): string | null {
  reader.compactString();
  const name = reader.compactString();
  for (const _ of ['client', 'host']) reader.compactString();
  for (const _ of ['subscription', 'assignment']) reader.raw(reader.uvarint() - 1);
  reader.tags();
  return name;
}
