import { beforeAll, describe, expect, it } from '@jest/globals';
import { trips } from '../../fixtures/trips.ts';
import { systemClock } from '../time/system-clock.ts';
import { MessageCodec } from './message-codec.ts';
import { registerSchemas } from './register-schemas.ts';
import { ConfluentRegistry } from './schema-registry.ts';

const url = process.env['REGISTRY_URL'] ?? '';
const { before, after, Booked, Moved, namespace, topics } = trips();

describe('former types in a registry', () => {
  const [old, now] = [before, after].map(
    ({ contracts }) => new MessageCodec(new ConfluentRegistry(url), contracts, systemClock),
  ) as [MessageCodec, MessageCodec];
  beforeAll(async () => {
    await registerSchemas(url, after.contracts, () => 'FULL_TRANSITIVE');
    await Promise.all([old.ready(), now.ready()]);
  });

  it('are registered by the release that reads them only: it can be the first one of all', async () => {
    const answer = await fetch(`${url}/subjects`);
    const subjects = (await answer.json()) as string[];
    const names = ['Booked', 'Registered', 'Moved', 'Reserved', 'Left', 'Arrived'];
    expect(subjects).toEqual(
      expect.arrayContaining(names.map((name) => `${topics.events}-${namespace}.${name}`)),
    );
  });

  it('are read as what they are today, whichever release has written them', async () => {
    const booked = Booked({ trip: 't', name: 'Ada Lovelace', euros: 7 });
    const moved = Moved({ trip: 't', from: 'a', to: 'b' });
    const values = [old.encode(booked), now.encode(booked), old.encode(moved)];
    await now.prepare(values);
    const read = values.map((value) => now.read(value));
    expect(read.map(({ original }) => [original?.type, original?.version])).toEqual([
      ['Booked', 2],
      ['Booked', 2],
      ['Moved', 1],
    ]);
    const reserved = { type: 'Reserved', data: { trip: 't', first: 'Ada', last: 'Lovelace', cents: 700 } };
    expect(read.map(({ parts }) => parts.map(({ message }) => message))).toEqual([
      [reserved],
      [reserved],
      [
        { type: 'Left', data: { trip: 't', place: 'a' } },
        { type: 'Arrived', data: { trip: 't', place: 'b' } },
      ],
    ]);
  });
});
