import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterTopic, type GroupSpec, retryTopic, sideLanes, withSideTopics } from '../domain/index.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { type FailpointName, TRANSACTION_FAILPOINTS } from '../engine/failpoints.ts';
import { LogAppender } from '../kafka/log-appender.ts';
import { createPositions, createTopics } from '../kafka/topics.ts';
import { failureIn } from '../testing/diverting-group.ts';
import type { DivertingLife } from '../testing/diverting-worker.ts';
import { Lives } from '../testing/lives.ts';
import { readTopic } from '../testing/read-topic.ts';
import { brokers, record, scratchClient, scratchName, scratchTopic } from '../testing/scratch-broker.ts';
import { writeAsLibrary } from '../testing/written-by-library.ts';
import { releaseMark } from './copies.ts';

const KEYS = 20;
const OF_EACH = 3;

/** A life has one fence; all else in a transaction happens again and again. */
const nthOf = (moment: FailpointName, nth: number) => (moment === 'after-fence' ? 1 : nth);

/** Each life is a process that has to start. */

describe('a kill while failed records move', () => {
  const lives = new Lives<DivertingLife>('diverting-worker.ts');
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());
  afterEach(() => lives.end());

  /** The first record of each key fails; the others wait behind it. */
  async function filled(): Promise<DivertingLife> {
    const [input, output, group] = [
      await scratchTopic(client),
      await scratchTopic(client),
      scratchName('kill'),
    ];
    const source = { name: input, partitions: 1, retentionMs: -1, maxMessageBytes: 1_048_588, writers: [] };
    const spec: GroupSpec = { group, kind: 'effect', retries: 1, parks: true, topics: [input] };
    const catalogue = withSideTopics([source], [spec]);
    await createTopics(client, catalogue.topics, { factor: 1, minInSync: 1 });
    await createPositions(client, catalogue);
    const appender = new LogAppender(client);
    for (let n = 0; n < OF_EACH; n++)
      for (let key = 0; key < KEYS; key++) {
        const value = n === 0 ? `bad ${key}` : `${key}/${n}`;
        await appender.append({ ...record(input, value), key: Buffer.from(`key ${key}`) });
      }
    return { brokers, group, input, output, lanes: sideLanes(spec, input) };
  }

  const values = async (topic: string) =>
    (await readTopic(client, topic)).map(({ value }) => value?.toString() ?? '');
  const numbered = (name: (key: number) => string) => Array.from({ length: KEYS }, (_, key) => name(key));

  it.each(TRANSACTION_FAILPOINTS)('makes one copy of each, wherever it strikes: %s', async (moment) => {
    const life = await filled();
    const { group, input, output } = life;
    const dead = () => readTopic(client, deadLetterTopic(group, input));
    const allDead = async () => (await dead()).length >= KEYS;
    await lives.dieAt(life, { failpoint: moment, nth: 1 });
    // One transaction may take all of them from the retry topic to the dead letters.
    await lives.dieOrFinish(life, { failpoint: moment, nth: nthOf(moment, 2) }, allDead);
    await lives.liveUntil(life, allDead);

    const letters = await dead();
    const bad = numbered((key) => `bad ${key}`);
    expect((await values(retryTopic(group, input, 1))).toSorted()).toEqual(bad.toSorted());
    expect(letters.map(({ value }) => value?.toString()).toSorted()).toEqual(bad.toSorted());
    expect(letters.map((letter) => failureIn(letter).attempts)).toEqual(bad.map(() => 2));
    const reported = letters.map((letter) => `dead ${failureIn(letter).id}`);
    expect((await values(output)).toSorted()).toEqual(reported.toSorted());

    for (const letter of letters)
      await writeAsLibrary(client, [
        releaseMark(failureIn(letter), { topic: input, partition: 0, key: letter.key }),
      ]);
    const followed = async () => (await values(output)).filter((value) => value.includes('/'));
    const allFollowed = async () => (await followed()).length >= KEYS * (OF_EACH - 1);
    await lives.dieOrFinish(life, { failpoint: moment, nth: nthOf(moment, 3) }, allFollowed);
    await lives.liveUntil(life, allFollowed);
    for (let key = 0; key < KEYS; key++)
      expect((await followed()).filter((value) => value.startsWith(`${key}/`))).toEqual([
        `${key}/1`,
        `${key}/2`,
      ]);
  });
});
