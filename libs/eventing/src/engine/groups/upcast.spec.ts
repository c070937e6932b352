import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureIn } from '../../../fixtures/ringing.ts';
import { there } from '../../../fixtures/there.ts';
import { trips } from '../../../fixtures/trips.ts';
import { until } from '../../../fixtures/until.ts';
import { contract, type Message, redriveTopic, type Received, upcaster } from '../../domain/index.ts';
import { redriveCopy } from '../../failures/copies.ts';
import { originalOf } from '../../failures/failure-headers.ts';
import { refusalOf } from '../../ignored/refusal.ts';
import { writeAsLibrary } from '../../../fixtures/log-reading.ts';
import { Effect, Perform, Policy, Whenever } from '../../nest/handlers.ts';
import { derivedId } from '../../serde/message-id.ts';
import { release } from '../../testing/release.ts';
import { type GroupUnderTest, runGroup } from '../../testing/run-group.ts';
import { SpecBroker } from '../../testing/spec-broker.ts';

const parts = trips();
const { Booked, Reserved, Moved, Left, Arrived, Book, Move, Reserve, before, after, topics } = parts;
type Reserved = ReturnType<typeof Reserved>;
type Booked = ReturnType<typeof Booked>;
type Left = ReturnType<typeof Left>;
type Arrived = ReturnType<typeof Arrived>;
type Moved = ReturnType<typeof Moved>;
const group = `${topics.events}.following`;
const ada = { trip: 't', name: 'Ada Lovelace', euros: 7 };
const move = { trip: 't', from: 'a', to: 'b' };

@Policy({ group })
class FirstPolicy {
  @Whenever(Moved)
  moved({ data: { trip } }: Received<Moved>) {
    return Move({ trip, from: 'first', to: 'first' });
  }

  @Whenever(Booked)
  booked(_: Received<Booked>): Message {
    throw new Error('the first release has a bug');
  }
}

@Policy({ group })
class SecondPolicy {
  @Whenever(Left)
  left({ data: { trip, place } }: Received<Left>) {
    return Move({ trip, from: place, to: 'left' });
  }

  @Whenever(Arrived)
  arrived({ data: { trip, place } }: Received<Arrived>) {
    return Move({ trip, from: place, to: 'arrived' });
  }

  @Whenever(Reserved)
  reserved({ data: { trip, first, cents } }: Received<Reserved>) {
    return Move({ trip, from: first, to: String(cents) });
  }
}

describe('what an old release has written, to a newer one', () => {
  let old: SpecBroker;
  let now: SpecBroker;
  let directory: string;
  const running: GroupUnderTest[] = [];
  beforeEach(() => {
    old = new SpecBroker(before.contracts, 1);
    now = release(old, after.contracts);
    directory = mkdtempSync(join(tmpdir(), 'atelier-upcast-'));
  });
  afterEach(async () => {
    await stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const stop = async () => void (await Promise.all(running.splice(0).map((each) => each.stop())));
  const start = async (declaration: object, broker: SpecBroker) => {
    const started = await runGroup(declaration, { broker, options: { stateDir: directory } });
    running.push(started);
    return started;
  };
  const events = async () => {
    await now.idle();
    return now
      .messages(topics.events)
      .map(({ type, data, metadata: { version, id } }) => ({ type, data, version, id }));
  };

  it('is one record with one version, whatever has become of it: the next decision follows it', async () => {
    await start(before.rules, old);
    await old.publish(Book(ada), { id: 'c1' });
    await old.publish(Move(move), { id: 'c2' });
    await old.idle();
    await stop();
    await start(after.rules, now);
    await now.publish(Move({ ...move, from: 'b', to: 'c' }), { id: 'c3' });
    expect((await events()).map(({ type, version }) => [type, version])).toEqual([
      ['Reserved', 1],
      ['Left', 2],
      ['Arrived', 2],
      ['Left', 3],
      ['Arrived', 3],
    ]);
  });

  it('is folded in the same way when it was just decided, of a former type, as when it is read again', async () => {
    const seen: unknown[] = [];
    const watching = {
      ...after.rules,
      decide: {
        ...after.rules.decide,
        Move: (command: never, state: never) => {
          seen.push(state);
          return after.rules.decide.Move(command, state);
        },
      },
    };
    await start(watching, now);
    await now.publish(Reserve({ trip: 't', first: 'Ada', last: 'Lovelace', cents: 700 }), { id: 'c1' });
    await now.publish(Move(move), { id: 'c2' });
    await now.publish(Move({ ...move, from: 'b', to: 'c' }), { id: 'c3' });
    await now.idle();
    await stop();
    rmSync(directory, { recursive: true, force: true });
    await start(watching, now);
    await now.publish(Move({ ...move, from: 'c', to: 'd' }), { id: 'c4' });
    await now.idle();
    const trip = (...places: string[]) => ({ who: 'Ada Lovelace', cents: 700, places });
    expect(seen).toEqual([trip(), trip('-a', '+b'), trip('-a', '+b', '-b', '+c')]);
  });

  it('is a command of today, under its id', async () => {
    await start(after.rules, now);
    await old.publish(Book(ada), { id: 'c1' });
    await old.publish(Book(ada), { id: 'c1' });
    expect(await events()).toMatchObject([
      { type: 'Reserved', data: { first: 'Ada', last: 'Lovelace', cents: 700 }, version: 1 },
    ]);
  });

  it('is one command, or a dead letter that says so: an answer has one cause', async () => {
    const twice = upcaster(Book, [Reserve, Move], ({ data: { trip } }) => [
      Reserve({ trip, first: 'Ada', last: 'Lovelace', cents: 700 }),
      Move({ trip, from: 'a', to: 'b' }),
    ]);
    const commands = contract(topics.commands, { Reserve, Move }, [twice]);
    const odd = release(old, [commands, after.events]);
    await start({ ...after.rules, commands }, odd);
    await old.publish(Book(ada), { id: 'c1' });
    await odd.idle();
    const [letter] = odd.deadLetters(after.rules.group, topics.commands);
    expect(failureIn(there(letter)).last.message).toContain(
      'A command was upcast to Reserve and Move: mend its upcaster',
    );
    expect(odd.messages(topics.events)).toEqual([]);
  });

  it('gives each event that one has become an id: the first has the old one, and what followed from that is known', async () => {
    await start(new FirstPolicy(), old);
    await old.publish(Moved(move), { id: 'e1' });
    await old.idle();
    await stop();
    const commandsOf = (broker: SpecBroker) =>
      broker.sent(Move).map(({ data, metadata }) => [data.to, metadata.id]);
    const first = derivedId('e1', group, 0);
    expect(commandsOf(old)).toEqual([['first', first]]);
    await start(new SecondPolicy(), now);
    await old.publish(Moved(move), { id: 'e1' });
    await now.idle();
    const second = derivedId(derivedId('e1', 'upcast/Arrived/0', 0), group, 0);
    expect(commandsOf(now)).toEqual([
      ['first', first],
      ['left', first],
      ['arrived', second],
    ]);
    expect(now.sent(Arrived).map(({ metadata: { causationId: _, ...metadata } }) => metadata)).toMatchObject(
      Array.from({ length: 2 }, () => ({ id: derivedId('e1', 'upcast/Arrived/0', 0), subject: 't' })),
    );
  });

  it('is performed once for each event that it has become: of two, a failure repeats the second only', async () => {
    const performed: string[] = [];
    @Effect({ group, retry: { immediate: 2 } })
    class Telling {
      @Perform(Left)
      async left(_: Received<Left>, { idempotencyKey }: { idempotencyKey: string }): Promise<void> {
        performed.push(`left ${idempotencyKey}`);
      }
      @Perform(Arrived)
      async arrived(
        { metadata: { id } }: Received<Arrived>,
        { idempotencyKey }: { idempotencyKey: string },
      ): Promise<void> {
        performed.push(`arrived ${idempotencyKey === id}`);
        if (performed.length < 4) throw new Error('not yet');
      }
    }
    await start(new Telling(), now);
    await old.publish(Moved(move), { id: 'e1' });
    await now.idle();
    expect(performed).toEqual(['left e1', 'arrived true', 'arrived true', 'arrived true']);
  });

  it('is upcast when its dead letter is given back, with the bytes that it had', async () => {
    await start(new FirstPolicy(), old);
    await old.publish(Booked(ada), { id: 'e1' });
    await old.publish(Moved(move), { id: 'e2' });
    await old.idle();
    await stop();
    const letter = there(old.deadLetters(group, topics.events)[0]);
    expect(letter.value).toEqual(old.cluster.broker.topics.partition(topics.events, 0).at(0n)?.record.value);
    await start(new SecondPolicy(), now);
    const copy = redriveCopy(originalOf(letter), failureIn(letter), {
      topic: redriveTopic(group, topics.events),
      since: 1,
    });
    await writeAsLibrary(now.cluster, [copy]);
    await until(async () => (await now.idle(), now.sent(Move).length === 3));
    // What was parked behind it is handled by the newer release, too.
    expect(now.sent(Move).map(({ data: { from, to } }) => [from, to])).toEqual([
      ['Ada', '700'],
      ['a', 'left'],
      ['b', 'arrived'],
    ]);
  });

  it('is a dead letter where its upcaster throws, and says which one and where; others go on', async () => {
    await start(new SecondPolicy(), now);
    await old.publish(Booked({ ...ada, name: 'Ada' }), { id: 'e1' });
    await old.publish(Booked({ ...ada, trip: 'u' }), { id: 'e2' });
    await now.idle().catch(() => undefined);
    const letter = there(now.deadLetters(group, topics.events)[0]);
    expect(failureIn(letter)).toMatchObject({ attempts: 1, last: { errorClass: 'UpcastFailed' } });
    expect(failureIn(letter).last.message).toMatch(
      /^The upcaster of Booked \(.*fixtures\/trips\.ts:\d+\) threw "Ada" is one word: mend it and deploy/,
    );
  });

  it('halts a decider whose upcaster throws, and no operator can have it ignored: others have handled it', async () => {
    await old.publish(Booked({ ...ada, name: 'Ada' }), { id: 'e1', version: 1 });
    const deciding = await start(after.rules, now);
    const worker = () => [...deciding.status.workers.values()][0];
    await until(() => worker()?.reason?.includes('The upcaster of Booked') === true);
    expect(worker()?.state).toBe('waiting');
    const record = there(now.cluster.broker.topics.partition(topics.events, 0).at(0n)).record;
    expect(await refusalOf(now.codec, record, true)).toBe('event');
  });
});
