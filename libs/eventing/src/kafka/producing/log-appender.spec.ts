import { LogError } from '../../log/errors.ts';
import { describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { KafkaError } from '../client/errors.ts';
import type { Exchange } from '../client/kafkajs.ts';
import { isNotWritten, LogAppender } from './log-appender.ts';
import type { OutgoingRecord } from '../../log/record.ts';
import { Reader } from '../wire/reader.ts';
import { decodeRecords, recordBatches } from '../wire/record-batch.ts';

const NOT_LEADER = 6;
const TOO_LARGE = 10;
const cut = new KafkaError('CONNECTION', 'The connection was cut', { retryable: true });

/** What becomes of a request: an error of the protocol, an error instead of an answer, or undefined when it is written. */
type Fate = (values: readonly string[]) => number | KafkaError | undefined;

/** A broker that keeps what it is sent, and answers as it is told to. */
class FakeBroker {
  readonly requests: string[][] = [];
  readonly log: string[] = [];
  private readonly fate: Fate;

  constructor(fate: Fate = () => undefined) {
    this.fate = fate;
  }

  appender(patienceMs?: number): LogAppender {
    return new LogAppender(this as unknown as KafkaClient, patienceMs);
  }

  async leader(): Promise<number> {
    return 1;
  }

  forget(): void {}

  async exchange(_node: number, { request }: Exchange): Promise<unknown> {
    const { topic, partition, bytes } = produced((await request.encode()) as unknown as { buffer: Buffer });
    const [batch] = recordBatches(bytes);
    const values = batch ? decodeRecords(batch, topic, partition).map(({ value }) => String(value)) : [];
    this.requests.push(values);
    const fate = this.fate(values);
    if (fate instanceof LogError) throw fate;
    const baseOffset = fate === undefined ? BigInt(this.log.push(...values) - values.length) : -1n;
    return [{ topic, partition, errorCode: fate ?? 0, baseOffset }];
  }
}

/** The only batch of a Produce request of a flexible version (KIP-482). */
function produced({ buffer }: { buffer: Buffer }): { topic: string; partition: number; bytes: Buffer } {
  const reader = new Reader(buffer);
  reader.tags();
  reader.compactString();
  reader.raw(2 + 4);
  reader.uvarint();
  const topic = reader.compactString() ?? '';
  reader.uvarint();
  const partition = reader.int32();
  return { topic, partition, bytes: reader.raw(reader.uvarint() - 1) };
}

const record = (value: string, partition = 0): OutgoingRecord => ({
  topic: 'orders.commands',
  partition,
  key: Buffer.from('key'),
  value: Buffer.from(value),
  headers: [],
});

/** The offset or the error's code of each, appended in one go. */
const outcomes = async (appender: LogAppender, values: readonly string[]) =>
  (await Promise.allSettled(values.map((value) => appender.append(record(value))))).map((result) =>
    result.status === 'fulfilled' ? result.value : (result.reason as KafkaError).code,
  );

describe('LogAppender', () => {
  it('writes what is appended in one go together (the first record had gone alone)', async () => {
    const broker = new FakeBroker();
    expect(await outcomes(broker.appender(), [...'abc'])).toEqual([0n, 1n, 2n]);
    expect(broker.requests).toEqual([[...'abc']]);
  });

  it('writes all of what is appended in one go, or nothing (the rest had been written without the first)', async () => {
    const broker = new FakeBroker(() => cut);
    expect(await outcomes(broker.appender(), [...'abc'])).toEqual(Array(3).fill('CONNECTION'));
    expect(broker.requests).toEqual([[...'abc']]);
  });

  it('divides what is too much for one request, and goes no further than the first part that fails', async () => {
    const many = Array.from({ length: 1_200 }, (_, index) => `${index}`);
    const broker = new FakeBroker();
    await outcomes(broker.appender(), many);
    expect(broker.requests.map(({ length }) => length)).toEqual([300, 300, 300, 300]);
    expect(broker.log).toEqual(many);

    const breaking = new FakeBroker((values) => (values.includes('400') ? cut : undefined));
    const codes = await outcomes(breaking.appender(), many);
    expect(codes.slice(300, 600)).toEqual(Array(300).fill('CONNECTION'));
    expect(codes.slice(600)).toEqual(Array(600).fill('LEADER_NOT_AVAILABLE'));
    expect(breaking.log).toEqual(many.slice(0, 300));
  });

  it('sends what comes during a request in the next ones, at most 500 at once', async () => {
    const broker = new FakeBroker();
    const appender = broker.appender();
    const first = appender.append(record('first'));
    await Promise.resolve();
    const goes: Promise<unknown>[] = [];
    for (const name of 'abc') {
      goes.push(outcomes(appender, Array(200).fill(name)));
      await Promise.resolve();
    }
    await Promise.all([first, ...goes]);
    expect(broker.requests.map(({ length }) => length)).toEqual([1, 400, 200]);
  });

  it('sends each partition its own', async () => {
    const broker = new FakeBroker();
    const appender = broker.appender();
    await Promise.all([0, 1, 0].map((partition, index) => appender.append(record(`${index}`, partition))));
    expect(broker.requests.sort()).toEqual([['0', '2'], ['1']]);
  });

  it('goes on after an error that nobody else is to blame for, and repeats nothing', async () => {
    const broker = new FakeBroker(([value]) => (value === 'a' ? cut : undefined));
    const appender = broker.appender();
    const first = outcomes(appender, ['a']);
    await Promise.resolve();
    const second = outcomes(appender, ['b']);
    expect([await first, await second]).toEqual([['CONNECTION'], [0n]]);
    expect(broker.requests).toEqual([['a'], ['b']]);
  });

  it('sends again what was not written, before what came later', async () => {
    let refusals = 2;
    const broker = new FakeBroker(() => (refusals-- > 0 ? NOT_LEADER : undefined));
    const appender = broker.appender();
    const first = outcomes(appender, [...'ab']);
    await Promise.resolve();
    const second = outcomes(appender, ['c']);
    expect([await first, await second]).toEqual([[0n, 1n], [2n]]);
    expect(broker.requests.at(-1)).toEqual(['c']);
    expect(broker.log).toEqual([...'abc']);
  });

  it('halves what is too large, until the one record that will never fit is known', async () => {
    const broker = new FakeBroker((values) => (values.includes('c') ? TOO_LARGE : undefined));
    expect(await outcomes(broker.appender(), [...'abcde'])).toEqual([0n, 1n, 'MESSAGE_TOO_LARGE', 2n, 3n]);
    expect(broker.log).toEqual([...'abde']);
  });

  it('does not send a second half that would overtake the first', async () => {
    const broker = new FakeBroker(({ length }) => (length > 2 ? TOO_LARGE : cut));
    const appender = broker.appender();
    expect(await outcomes(appender, [...'abcd'])).toEqual([
      'CONNECTION',
      'CONNECTION',
      'LEADER_NOT_AVAILABLE',
      'LEADER_NOT_AVAILABLE',
    ]);
    expect(broker.requests).toEqual([[...'abcd'], [...'ab']]);
  });

  it('rejects what it did not send in time, as not written', async () => {
    const broker = new FakeBroker();
    const late = await broker
      .appender(-1)
      .append(record('a'))
      .catch((error: LogError) => error);
    expect(isNotWritten(late as KafkaError)).toBe(true);
    expect(broker.requests).toEqual([]);
  });
});
