import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { redriveTopic } from '../../domain/index.ts';
import { FAILURE } from '../../failures/failure-headers.ts';
import { header, type Headers } from '../../log/record.ts';
import { Effect, Perform, Policy, Whenever } from '../../nest/handlers.ts';
import { open } from '../../serde/received-records.ts';
import { RecordBuilder } from '../../serde/record-builder.ts';
import { counters } from '../../../fixtures/counters.ts';
import { type GroupUnderTest, runGroup } from '../../testing/run-group.ts';
import { SpecBroker } from '../../testing/spec-broker.ts';

const { Add, Added, AdditionRefused, rules } = counters();
type Added = ReturnType<typeof Added>;

@Policy({ group: 'following' })
class FollowingPolicy {
  @Whenever(Added)
  follow({ data: { id } }: Added) {
    return Add({ id: `${id}-followed`, amount: 1 });
  }
}

@Effect({ group: 'telling' })
class TellingEffect {
  readonly told: string[] = [];

  @Perform(Added)
  async tell({ data: { id } }: Added): Promise<void> {
    this.told.push(id);
  }
}

const { topic } = rules.events;
const added = (id: string) => Added({ id, total: 1 });

describe('an event of another name than its schema has', () => {
  let broker: SpecBroker;
  const running: GroupUnderTest[] = [];
  beforeEach(() => void (broker = new SpecBroker([rules.commands, rules.events], 1)));
  afterEach(async () => void (await Promise.all(running.splice(0).map((group) => group.stop()))));

  /** Writes an event with these headers instead of `ce_type`. */
  async function write(message: Parameters<SpecBroker['publish']>[0], typed: Headers, to = topic) {
    await broker.codec.ready();
    const metadata = { id: `of ${JSON.stringify(message.data)}`, time: 1, correlationId: 'x' };
    const record = new RecordBuilder(broker.codec, broker.catalogue, 'spec').record(message, metadata);
    const headers = [...record.headers.filter(([name]) => name !== 'ce_type'), ...typed];
    broker.cluster.broker.append({ ...record, topic: to, headers });
  }
  const named = (type: string | Buffer): Headers => [['ce_type', Buffer.from(type as string)]];

  it('is handled as what its schema says, by policies, effects and projections (they passed it over)', async () => {
    const effect = new TellingEffect();
    running.push(await runGroup(new FollowingPolicy(), { broker }), await runGroup(effect, { broker }));
    await write(added('full'), named('atelier.counters.Added'));
    await write(added('other'), named('AdditionRefused'));
    await write(added('unknown'), named('com.example.added'));
    await write(added('none'), []);
    await broker.idle();
    const ids = ['full', 'other', 'unknown', 'none'];
    expect(effect.told).toEqual(ids);
    expect(broker.sent(Add).map(({ data }) => data.id)).toEqual(ids.map((id) => `${id}-followed`));
    const events = broker.cluster.broker.topics.partition(topic, 0).read(0n, 4n);
    const opened = await open(broker.codec, events, (type) => type === 'Added');
    const messages = opened.flatMap((one) => ('messages' in one ? one.messages : []));
    expect(messages.map(({ data }) => (data as { id: string }).id)).toEqual(ids);
  });

  it('is a dead letter when it is no event of its topic, whatever it is called', async () => {
    running.push(await runGroup(new FollowingPolicy(), { broker }));
    await write(Add({ id: 'a', amount: 1 }), named('Added'), topic);
    await write(Add({ id: 'b', amount: 1 }), named('Add'), topic);
    await broker.publish(added('next'));
    await broker.idle();
    const letters = broker.deadLetters('following', topic);
    expect(letters.map(({ headers }) => header(headers, FAILURE.lastMessage))).toEqual(
      Array.from({ length: 2 }, () => `Add belongs on ${rules.commands.topic}: it is no message of ${topic}`),
    );
    expect(broker.sent(Add).map(({ data }) => data.id)).toEqual(['next-followed']);
  });

  it('is handled where somebody has put it beside its topic', async () => {
    const group = await runGroup(new FollowingPolicy(), { broker });
    running.push(group);
    await write(added('beside'), named('Added'), redriveTopic(group.group, topic));
    await broker.idle();
    expect(broker.sent(Add).map(({ data }) => data.id)).toEqual(['beside-followed']);
  });

  it('costs nothing where its type is not handled: it is not decoded', async () => {
    running.push(await runGroup(new FollowingPolicy(), { broker }));
    const decode = jest.spyOn(broker.codec, 'decode');
    await write(AdditionRefused({ id: 'a' }), named('Added'));
    await write(AdditionRefused({ id: 'b' }), []);
    await broker.idle();
    expect(decode).not.toHaveBeenCalled();
  });
});
