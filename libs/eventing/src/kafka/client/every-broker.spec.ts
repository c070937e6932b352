import { describe, expect, it } from '@jest/globals';
import { sleep } from '../../time/waiting.ts';
import { VirtualClock } from '../../memory/virtual-clock.ts';
import { KafkaError } from './errors.ts';
import { everyBroker } from './every-broker.ts';
import type { ClusterMetadata } from '../wire/metadata.ts';

/** Brokers of one cluster, each of which answers after so many milliseconds of simulated time; nobody is there without any. */
async function heardFrom(delays: Readonly<Record<string, number>>, tells = Object.keys(delays)) {
  const clock = new VirtualClock();
  const nodes = tells.map((host, id) => ({ id, host, port: 9092 }));
  const answer: ClusterMetadata = { clusterId: 'fake', controllerId: 0, nodes, topics: [] };
  const addresses = Object.keys(delays).map((host) => `${host}:9092`);
  const ask = async (address: string) => {
    const delay = delays[address.split(':')[0] ?? ''];
    if (delay === undefined) throw new KafkaError('CONNECTION', 'nobody is there', { retryable: true });
    await sleep(clock, delay);
    return answer;
  };
  const heard = await clock.run(everyBroker(addresses, ask, clock));
  return { answers: heard.answers.length, complete: heard.complete, took: clock.elapsed() };
}

describe('all brokers', () => {
  it('are waited for no longer than they take', async () => {
    expect(await heardFrom({ a: 5, b: 7, c: 40 })).toEqual({ answers: 3, complete: true, took: 40 });
  });

  it('are left out shortly after most have answered (each question took a second while one was paused)', async () => {
    const { took, ...heard } = await heardFrom({ a: 5, b: 7, c: Infinity });
    expect(heard).toEqual({ answers: 2, complete: false });
    expect(took).toBeLessThan(200);
  });

  it('are waited for longer where most are slow, too (on a slow machine one that is well was left out)', async () => {
    expect(await heardFrom({ a: 500, b: 600, c: 1_100 })).toMatchObject({ complete: true });
  });

  it('are waited for until most have answered, however long it takes', async () => {
    expect(await heardFrom({ a: 5, b: 9_000, c: Infinity })).toMatchObject({ answers: 2, complete: false });
  });

  it('count from when somebody tells of them (those that were known were believed to be most)', async () => {
    await expect(heardFrom({ a: 5 }, ['a', 'd', 'e'])).rejects.toMatchObject({ code: 'LEADERS_UNCONFIRMED' });
  });

  it('are asked again where none is known (a service that started while the only broker was fenced ended with a TypeError)', async () => {
    await expect(heardFrom({})).rejects.toMatchObject({ code: 'CONNECTION', retryable: true });
  });
});
