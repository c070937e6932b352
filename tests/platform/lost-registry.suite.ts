import { contracts } from '@atelier/contracts';
import { ConfluentRegistry, MessageCodec } from '@atelier/eventing/serde';
import { systemClock } from '@atelier/eventing/time';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { get } from '../harness/http.ts';
import { type Addresses, eventually, type RunningPlatform } from '../harness/running-platform.ts';
import { deployAgain } from './altered-topic.ts';
import { EventLogRows } from './event-log-rows.ts';
import { newOrder, place } from './foreign-orders.ts';
import { Observed } from './observed.ts';
import { loseSchemas, type Registered, registerAnother, registeredIn } from './registered.ts';

const topics = contracts.map(({ topic }) => topic).filter((topic) => topic.endsWith('.events'));

/** The registry of a platform that is at work loses everything that it has. */
export function lostRegistry(started: () => RunningPlatform): void {
  let addresses: Addresses;
  let observed: Observed;
  let rows: EventLogRows;
  let before: readonly Registered[];

  beforeAll(async () => {
    addresses = await started().addresses();
    observed = new Observed(addresses.kafka);
    rows = new EventLogRows(addresses.postgres);
    before = await registeredIn(addresses.registry);
  });

  afterAll(async () => {
    await observed?.close();
    await rows?.close();
  });

  const restarted = async (name: string) => {
    const seen = started().output.length;
    await started().signal(name, 'SIGKILL');
    await eventually(
      async () => started().output.slice(seen),
      (output) => output.includes(`${name} is back`),
    );
  };

  it('gets them back from the deployment step, each under its id, and what is new then gets another', async () => {
    const waiting = newOrder('lost', 'lost@example.com');
    await place(addresses, waiting);
    await loseSchemas(addresses.postgres);
    await restarted('registry');
    expect(await registeredIn(addresses.registry)).toEqual([]);
    expect(await deployAgain(addresses)).toContain(
      `${before.length} schemas that the registry had lost are back, with their ids`,
    );
    expect(await registeredIn(addresses.registry)).toEqual(before);
    const ids = before.map(({ id }) => id);
    expect(await registerAnother(addresses.registry)).toBeGreaterThan(Math.max(...ids));
    await eventually(
      () => get(`${addresses.gateway}/v1/orders/${waiting.orderId}`),
      ({ body }) => body.status === 'confirmed',
    );
  });

  it('and whoever comes then reads every event from the first one on, as before', async () => {
    const known = await rows.all();
    await rows.forget();
    await restarted('projections-1');
    const codec = new MessageCodec(new ConfluentRegistry(addresses.registry), contracts, systemClock);
    const records = await observed.records(topics);
    await codec.prepare(records.map(({ value }) => value));
    for (const { value } of records) expect(codec.read(value).parts.length).toBeGreaterThan(0);
    const places = Object.keys(known);
    const again = await eventually(
      () => rows.all(),
      (found) => places.every((at) => at in found),
    );
    expect(Object.fromEntries(places.map((at) => [at, again[at]]))).toEqual(known);
  });
}
