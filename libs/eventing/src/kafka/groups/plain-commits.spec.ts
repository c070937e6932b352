import { describe, expect, it } from '@jest/globals';
import type { LogError } from '../../log/errors.ts';
import type { KafkaClient } from '../client/client.ts';
import { kafkaError, KafkaError } from '../client/errors.ts';
import { type Exchange, protocolError } from '../client/kafkajs.ts';
import { PlainCommits } from './plain-commits.ts';
import { Reader } from '../wire/reader.ts';
import { Writer } from '../wire/writer.ts';

const LOADING = 14;
const ILLEGAL_GENERATION = 22;
const FORBIDDEN = 29;
const unanswered = new KafkaError('TIMEOUT', 'No answer', { retryable: true });

/** `topic-partition@offset` of each position of a request, and its group, generation, member and static name. */
interface Asked {
  readonly of: string;
  readonly positions: readonly string[];
}

/** What becomes of one position of a request, counted from 0: an error code, or no answer at all. */
type Fate = (at: string, request: number) => number | KafkaError;

/** A coordinator that remembers what it was asked, and answers as it is told to. */
class FakeCoordinator {
  readonly requests: Asked[] = [];
  private readonly fate: Fate;

  constructor(fate: Fate = () => 0) {
    this.fate = fate;
  }

  get commits(): PlainCommits {
    return new PlainCommits(this as unknown as KafkaClient);
  }

  async coordinator(): Promise<number> {
    return 1;
  }

  refusal(code: number): LogError {
    return kafkaError(protocolError(code));
  }

  async exchange(_node: number, { request, response }: Exchange): Promise<unknown> {
    const { buffer } = (await request.encode()) as unknown as { buffer: Buffer };
    const reader = new Reader(buffer);
    const of = [reader.string(), reader.int32(), reader.string(), reader.string()].join(' ');
    const positions = reader.array(() => {
      const topic = reader.string() ?? '';
      return reader.array(() => {
        const at = `${topic}-${reader.int32()}@${reader.int64()}`;
        reader.int32();
        reader.string();
        return at;
      });
    });
    const all = positions.flat();
    const number = this.requests.push({ of, positions: all }) - 1;
    const answer = new Writer().int32(0).int32(all.length);
    for (const at of all) {
      const [topic = '', partition] = at.replace(/@.*/, '').split('-');
      const code = this.fate(at, number);
      if (code instanceof KafkaError) throw code;
      answer.string(topic).int32(1).int32(Number(partition)).int16(code);
    }
    return response.decode(answer.slice(0));
  }
}

const position = (partition: number, offset = 1n, more: object = {}) => ({
  group: 'g',
  topic: 't',
  partition,
  offset,
  memberId: 'm',
  generation: 3,
  instanceId: undefined,
  ...more,
});

/** What was said to each. */
async function saidTo(commits: readonly Promise<void>[]): Promise<string[]> {
  const settled = await Promise.allSettled(commits);
  return settled.map((each) => (each.status === 'fulfilled' ? 'committed' : (each.reason as LogError).code));
}

describe('positions that are committed without a transaction', () => {
  it('go together while a request is under way (it was one for each partition)', async () => {
    const broker = new FakeCoordinator();
    const { commits } = broker;
    const all = [0, 1, 2, 3].map((partition) => commits.commit(position(partition)));
    expect(await saidTo(all)).toEqual(all.map(() => 'committed'));
    expect(broker.requests).toEqual([
      { of: 'g 3 m ', positions: ['t-0@1'] },
      { of: 'g 3 m ', positions: ['t-1@1', 't-2@1', 't-3@1'] },
    ]);
  });

  it('go together under one membership only, and of one group', async () => {
    const broker = new FakeCoordinator();
    const { commits } = broker;
    const others = [
      {},
      { generation: 4 },
      { memberId: 'n' },
      { group: 'h' },
      { instanceId: 'i' },
      { topic: 'u' },
    ];
    await Promise.all([
      commits.commit(position(0)),
      ...others.map((more) => commits.commit(position(1, 1n, more))),
    ]);
    expect(broker.requests.map(({ of, positions }) => [of, ...positions]).toSorted()).toEqual([
      ['g 3 m ', 't-0@1'],
      ['g 3 m ', 't-1@1', 'u-1@1'],
      ['g 3 m i', 't-1@1'],
      ['g 3 n ', 't-1@1'],
      ['g 4 m ', 't-1@1'],
      ['h 3 m ', 't-1@1'],
    ]);
  });

  it('of one partition are never in one request, and keep their order', async () => {
    const broker = new FakeCoordinator();
    const { commits } = broker;
    await Promise.all(
      [position(0), position(1, 1n), position(1, 2n), position(2)].map((at) => commits.commit(at)),
    );
    expect(broker.requests.map(({ positions }) => positions)).toEqual([
      ['t-0@1'],
      ['t-1@1', 't-2@1'],
      ['t-1@2'],
    ]);
  });

  it('hear each what was said of its own; what passes is asked again without the others', async () => {
    const codes: Record<string, number> = { 't-1@1': FORBIDDEN, 't-2@1': LOADING };
    const broker = new FakeCoordinator((at, request) => (request === 1 ? (codes[at] ?? 0) : 0));
    const { commits } = broker;
    const all = [0, 1, 2, 3].map((partition) => commits.commit(position(partition)));
    expect(await saidTo(all)).toEqual(['committed', 'TOPIC_AUTHORIZATION_FAILED', 'committed', 'committed']);
    expect(broker.requests[2]?.positions).toEqual(['t-2@1']);
  });

  it('are refused together where the group has moved on', async () => {
    const { commits } = new FakeCoordinator((_, request) => (request === 1 ? ILLEGAL_GENERATION : 0));
    const all = [0, 1, 2].map((partition) => commits.commit(position(partition)));
    expect(await saidTo(all)).toEqual(['committed', 'ILLEGAL_GENERATION', 'ILLEGAL_GENERATION']);
  });

  it('are not repeated when they were not answered, and those that follow are', async () => {
    const broker = new FakeCoordinator((_, request) => (request === 1 ? unanswered : 0));
    const { commits } = broker;
    const all = [0, 1, 2].map((partition) => commits.commit(position(partition)));
    expect(await saidTo(all)).toEqual(['committed', 'TIMEOUT', 'TIMEOUT']);
    await commits.commit(position(3));
    expect(broker.requests.map(({ positions }) => positions.length)).toEqual([1, 2, 1]);
  });
});
