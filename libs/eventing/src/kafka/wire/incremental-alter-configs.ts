import { encoded, type Exchange, protocolError } from '../client/kafkajs.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

const INCREMENTAL_ALTER_CONFIGS = 44;
const TOPIC = 2;
const SET = 0;

/** IncrementalAlterConfigs version 1 (KIP-339): sets one setting of topics, and leaves all others. Rejects with the protocol's error. */
export function setTopicConfigExchange(name: string, values: ReadonlyMap<string, string>): Exchange {
  const writer = new Writer().uvarint(0).uvarint(values.size + 1);
  for (const [topic, value] of values) {
    writer.int8(TOPIC).compactString(topic).uvarint(2);
    writer.compactString(name).int8(SET).compactString(value).uvarint(0).uvarint(0);
  }
  writer.int8(0).uvarint(0);
  return {
    request: {
      apiKey: INCREMENTAL_ALTER_CONFIGS,
      apiVersion: 1,
      apiName: 'IncrementalAlterConfigs',
      encode: encoded(writer),
    },
    response: { decode: async (bytes) => decode(new Reader(bytes)), parse: async (decoded) => decoded },
  };
}

/** An answer that is nothing would not pass the client, which looks for a throttle time in it. */
function decode(reader: Reader): object {
  reader.tags();
  reader.int32();
  const codes = reader.compactArray(() => {
    const code = reader.int16();
    reader.compactString();
    reader.int8();
    reader.compactString();
    reader.tags();
    return code;
  });
  const failed = codes.find((code) => code !== 0);
  if (failed !== undefined) throw protocolError(failed);
  return {};
}
