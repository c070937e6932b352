import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FakeBroker, type View } from '../../../fixtures/fake-broker.ts';
import { KafkaClient } from './client.ts';
import { KnownTopics } from './known-topics.ts';

const OLD = { nodeId: 1, epoch: 4 };
const NEW = { nodeId: 2, epoch: 5 };
const topic = (...leaders: View['topics'][number]['leaders']) => [{ name: 'orders.events', id: 7, leaders }];

/** Broker 1 led `orders.events-0`, and is cut off from the controllers: it goes on telling so. Broker 2 leads it now. */
describe('a client of three brokers, of which one is cut off', () => {
  let brokers: FakeBroker[];
  let client: KafkaClient;
  const [first, second, third] = [0, 1, 2].map((at) => () => brokers[at] as FakeBroker) as [
    () => FakeBroker,
    () => FakeBroker,
    () => FakeBroker,
  ];
  beforeEach(async () => {
    brokers = await Promise.all([1, 2, 3].map((id) => FakeBroker.start(id)));
    first().view = { brokers, topics: topic(OLD) };
    for (const broker of [second(), third()]) broker.view = { brokers, topics: topic(NEW) };
    client = new KafkaClient({
      brokers: [first().address, third().address],
      clientId: 'spec',
      requestTimeoutMs: 600_000,
    });
  });
  afterEach(async () => {
    // First, so that nothing is waited for that will not come.
    await Promise.all(brokers.map((broker) => broker.stop()));
    await client.close();
  });
  const leader = () => client.leadership('orders.events', 0);

  it('asks another one each time (the one that had answered was asked again, and told its old leaders for long)', async () => {
    expect(await leader()).toEqual(OLD);
    client.forget();
    expect(await leader()).toEqual(NEW);
  });

  it('asks the next one beside it where one does not answer (a broker that is paused held everything up for a whole time-out)', async () => {
    first().tellsAfterMs = Infinity;
    expect(await leader()).toEqual(NEW);
    client.forget();
    expect(await leader()).toEqual(NEW);
  });

  it('asks all of them when it has to be certain, and believes the newest epoch', async () => {
    expect(await client.confirmLeaders(['orders.events'])).toBe(true);
    expect(await leader()).toEqual(NEW);
  });

  it('is as certain as can be while one of them does not answer, and says so', async () => {
    third().tellsAfterMs = Infinity;
    expect(await client.confirmLeaders(['orders.events'])).toBe(false);
    expect(await leader()).toEqual(NEW);
  });

  it('is certain of nothing while most of them are away (the view of the one that was left was believed)', async () => {
    await client.confirmLeaders(['orders.events']);
    await Promise.all([second(), third()].map((broker) => broker.stop()));
    await expect(client.confirmLeaders(['orders.events'])).rejects.toMatchObject({
      code: 'LEADERS_UNCONFIRMED',
      retryable: true,
      message: expect.stringContaining('Only 1 of 3 brokers'),
    });
  });

  it('waits longer than a second for most of them (on a slow machine the one that answered first was believed)', async () => {
    second().tellsAfterMs = 1_500;
    third().tellsAfterMs = Infinity;
    expect(await client.confirmLeaders(['orders.events'])).toBe(false);
    expect(await leader()).toEqual(NEW);
  });

  it('asks nobody any more who is gone (each that was ever told of was asked for ever)', async () => {
    await client.confirmLeaders([]);
    await third().stop();
    for (const broker of [first(), second()]) broker.view = { ...broker.view, brokers: [first(), second()] };
    await client.confirmLeaders([]);
    expect(await client.confirmLeaders([])).toBe(true);
    expect(await client.brokerIds()).toEqual([1, 2]);
  });

  it('goes on with those that are left once they say that the others are gone (most of those known stayed silent, for ever)', async () => {
    await client.confirmLeaders([]);
    await Promise.all([second(), third()].map((broker) => broker.stop()));
    await expect(client.confirmLeaders([])).rejects.toMatchObject({ code: 'LEADERS_UNCONFIRMED' });
    first().view = { ...first().view, brokers: [first()] };
    expect(await client.confirmLeaders(['orders.events'])).toBe(true);
    expect(await client.brokerIds()).toEqual([1]);
  });

  it('finds a topic though all that was learned is forgotten at that moment (it was said not to exist)', async () => {
    const { told, toldByMost } = KnownTopics.prototype;
    const forgets = <Args extends unknown[], Found>(learn: (this: KnownTopics, ...args: Args) => Found) =>
      function (this: KnownTopics, ...args: Args): Found {
        const found = learn.apply(this, args);
        client.forget();
        return found;
      };
    jest.spyOn(KnownTopics.prototype, 'told').mockImplementation(forgets(told));
    jest.spyOn(KnownTopics.prototype, 'toldByMost').mockImplementation(forgets(toldByMost));
    try {
      expect((await client.topic('orders.events')).id).toBe('07'.repeat(16));
      expect(await client.currentTopics(['orders.events'])).toHaveLength(1);
    } finally {
      jest.restoreAllMocks();
    }
  });

  it('asks all of them twice at most for all who want to be certain at the same time (each asked for itself)', async () => {
    await client.confirmLeaders([]);
    const before = third().told;
    const sure = Array.from({ length: 20 }, () => client.confirmLeaders(['orders.events']));
    expect(await Promise.all(sure)).toEqual(sure.map(() => true));
    expect(third().told - before).toBeLessThanOrEqual(2);
  });

  it('looks a topic up once for all who want it at the same time', async () => {
    const told = () => brokers.reduce((sum, broker) => sum + broker.told, 0);
    await Promise.all(Array.from({ length: 20 }, leader));
    expect(told()).toBe(1);
  });

  it('reads anew who the brokers are, and who controls them (the first answer was kept)', async () => {
    expect((await client.brokerIds()).sort()).toEqual([1, 2, 3]);
    const controllers = new Set([await client.controller(), await client.controller()]);
    expect(controllers.size).toBe(2);
    brokers = [...brokers, await FakeBroker.start(4)];
    for (const broker of brokers) broker.view = { ...broker.view, brokers };
    expect((await client.brokerIds()).sort()).toEqual([1, 2, 3, 4]);
  });

  it('finds a topic that the first one has not heard of yet', async () => {
    first().view = { brokers, topics: [] };
    expect(await leader()).toEqual(NEW);
  });

  it('takes a topic for what most tell of it, and forgets one that none tells of', async () => {
    first().view = {
      brokers,
      topics: [{ name: 'orders.events', id: 6, leaders: [{ nodeId: 1, epoch: 90 }] }],
    };
    await client.confirmLeaders(['orders.events']);
    expect((await client.topic('orders.events')).id).toBe('07'.repeat(16));
    for (const broker of brokers) broker.view = { brokers, topics: [] };
    await client.confirmLeaders(['orders.events']);
    await expect(client.topic('orders.events')).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' });
  });

  it('says which version is needed where brokers are too old (their connections seemed to fail, for ever)', async () => {
    for (const broker of brokers) broker.speaks = 11;
    await expect(client.clusterId()).rejects.toMatchObject({
      code: 'UNSUPPORTED_VERSION',
      retryable: false,
      message: expect.stringContaining('speaks Metadata in its versions 0 to 11, and version 12 is needed'),
    });
  });
});
