import { describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { kafkaError } from '../client/errors.ts';
import { type Exchange, protocolError } from '../client/kafkajs.ts';
import { endedRecordAt } from './record-at.ts';
import { Reader } from '../wire/reader.ts';
import { encodeBatch } from '../wire/encode-batch.ts';
import { Writer } from '../wire/writer.ts';

const PLACE = { topic: 'commands', partition: 0, offset: 5n };
const END = 7n;
const OFFSET_OUT_OF_RANGE = 1;

/** The leader of a log that ends at 7 and has a record at 5. Before it, others have transactions open. */
class FakeLeader {
  stable = 3n;
  start = 0n;
  /** Where the log begins from the next fetch on. */
  startsThen: bigint | undefined;
  private readonly aborted: boolean;
  private readonly afterFetch: () => void;

  constructor(aborted: boolean, afterFetch: (leader: FakeLeader) => void = () => undefined) {
    this.aborted = aborted;
    this.afterFetch = () => afterFetch(this);
  }

  get client(): KafkaClient {
    const client = {
      maxBatchBytes: 1_000_000,
      confirmLeaders: async () => undefined,
      leadership: async () => ({ nodeId: 1, epoch: 0 }),
      refusal: (errorCode: number) => kafkaError(protocolError(errorCode)),
      exchange: (_: number, asked: Exchange) => this.exchange(asked),
    };
    return client as unknown as KafkaClient;
  }

  private async exchange({ request, response }: Exchange): Promise<unknown> {
    const asked = new Reader((await request.encode()).buf);
    if (request.apiName === 'ListOffsets') return response.decode(this.offsets(asked));
    if (request.apiName !== 'Fetch') throw new Error(`${request.apiName} is not played here`);
    const answer = await response.decode(this.section(asked));
    this.afterFetch();
    return answer;
  }

  private offsets(asked: Reader): Buffer {
    asked.tags();
    asked.int32();
    const end = asked.int8() === 1 ? this.stable : END;
    let at = 0n;
    asked.compactArray(() => {
      asked.compactString();
      asked.compactArray(() => void (asked.raw(8), (at = asked.int64()), asked.tags()));
      asked.tags();
    });
    const answer = new Writer().uvarint(0).int32(0).uvarint(2).compactString(PLACE.topic).uvarint(2);
    answer
      .int32(0)
      .int16(0)
      .int64(-1n)
      .int64(at === -2n ? this.start : end)
      .int32(0);
    return answer.uvarint(0).uvarint(0).uvarint(0).slice(0);
  }

  private section(asked: Reader): Buffer {
    this.start = this.startsThen ?? this.start;
    asked.raw(16);
    const committed = asked.int8() === 1;
    const answer = new Writer().int32(0).int16(0).int32(0).int32(1).string(PLACE.topic).int32(1);
    const errorCode = PLACE.offset < this.start ? OFFSET_OUT_OF_RANGE : 0;
    answer.int32(0).int16(errorCode).int64(END).int64(this.stable).int64(this.start);
    const listed = committed && this.aborted && this.stable > PLACE.offset;
    answer.int32(listed ? 1 : 0);
    if (listed) answer.int64(7n).int64(PLACE.offset);
    const bytes = committed && this.stable <= PLACE.offset ? Buffer.alloc(0) : batchAtPlace();
    return answer.int32(-1).int32(bytes.length).raw(bytes).slice(0);
  }
}

function batchAtPlace(): Buffer {
  const { topic, partition, offset } = PLACE;
  const record = { topic, partition, key: null, value: Buffer.from('command'), headers: [] };
  const batch = encodeBatch([record], { id: 7n, epoch: 3, transactional: true }, 0, 0);
  batch.writeBigInt64BE(offset, 0);
  return batch;
}

describe('a record of a transaction', () => {
  const look = (leader: FakeLeader) => endedRecordAt(leader.client, PLACE, new AbortController().signal);
  const record = { ...PLACE, value: Buffer.from('command') };

  it('is committed though what hides it ends between two answers (commands were published twice)', async () => {
    const leader = new FakeLeader(false, (ending) => (ending.stable = END));
    await expect(look(leader)).rejects.toMatchObject({ code: 'NOT_STABLE', retryable: true });
    expect(await look(leader)).toMatchObject({ record, aborted: false });
  });

  it('is aborted as soon as that is certain', async () => {
    const leader = new FakeLeader(true);
    await expect(look(leader)).rejects.toMatchObject({ code: 'NOT_STABLE' });
    leader.stable = END;
    expect(await look(leader)).toMatchObject({ record, aborted: true });
  });

  it('is gone where retention removes it after the bounds were asked for (it was an error: OFFSET_OUT_OF_RANGE)', async () => {
    const leader = new FakeLeader(false);
    leader.stable = END;
    leader.startsThen = 6n;
    expect(await look(leader)).toBeUndefined();
  });
});
