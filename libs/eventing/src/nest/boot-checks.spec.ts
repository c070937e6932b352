import 'reflect-metadata';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { type Catalogue, contract, decider, type Message, messageType, upcaster } from '../domain/index.ts';
import { CommitCycles } from '../engine/commits/commit-cycles.ts';
import { KafkaClient } from '../kafka/client/client.ts';
import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import { MessageCodec } from '../serde/message-codec.ts';
import { ConfluentRegistry } from '../serde/schema-registry.ts';
import type { EventingOptions } from './eventing-options.ts';
import { EventingModule } from './eventing.module.ts';
import { Effect, Perform, Policy, Project, Projection, Whenever } from './handlers.ts';
import { Plans } from './plans.ts';
import { systemClock } from '../time/system-clock.ts';

type Open = Message<'Open', { id: string }>;
type Opened = Message<'Opened', { id: string }>;
type Closed = Message<'Closed', { id: string }>;
const declared = <Type extends string>(type: Type, topic: string) => {
  const fields = [{ name: 'id', type: 'string' }];
  return { type, topic, key: 'id', versions: [{ type: 'record', name: type, fields } as const] };
};
const Open = messageType<Open>(declared('Open', 'doors.commands'));
const Opened = messageType<Opened>(declared('Opened', 'doors.events'));
const Closed = messageType<Closed>(declared('Closed', 'doors.events'));
const commands = contract('doors.commands', { Open });
const events = contract('doors.events', { Opened, Closed });

const door = decider<object>()({
  group: 'doors.decider',
  version: 1,
  commands,
  events,
  initial: {},
  decide: { Open: ({ data }) => Opened(data) },
  evolve: { Opened: (state) => state, Closed: (state) => state },
});

@Policy({ group: 'doors.open' })
class OpenPolicy {
  @Whenever(Closed)
  open({ data }: Closed) {
    return Open(data);
  }
}

@Policy({ group: 'doors.open' })
class OpenAgainPolicy {
  @Whenever(Opened)
  open({ data }: Opened) {
    return Open(data);
  }
}

@Effect({ group: 'doors.sound' })
class SoundEffect {
  @Perform(Opened)
  async sound() {
    return undefined;
  }
}

class Rows {
  async write() {
    return undefined;
  }
}

@Projection({ name: 'doors', version: 1 })
class DoorsProjection extends Rows {
  @Project(Opened)
  override write() {
    return super.write();
  }
}

@Projection({ name: 'doors', version: 1, skips: [Closed] })
class OpenedProjection extends Rows {
  @Project(Opened)
  override write() {
    return super.write();
  }
}

@Projection({ name: 'doors', version: 1, skips: [Closed] })
class ConfusedProjection extends Rows {
  @Project(Opened)
  @Project(Closed)
  override write() {
    return super.write();
  }
}

const topic = (name: string, writers: readonly string[]) => ({
  name,
  writers,
  partitions: 1,
  retentionMs: -1,
  maxMessageBytes: 9,
});
const commandsTopic = topic('doors.commands', ['gateway']);
const eventsTopic = topic('doors.events', ['doors.decider']);
const group = {
  decider: { group: 'doors.decider', kind: 'decider', topics: ['doors.commands'] },
  open: { group: 'doors.open', kind: 'policy', topics: ['doors.events'] },
  sound: { group: 'doors.sound', kind: 'effect', topics: ['doors.events'] },
  redrive: { group: 'doors.redrive', kind: 'redrive', topics: ['doors.events'] },
  rows: { group: 'projections.doors.v1', kind: 'projection', topics: ['doors.events'], service: 'doors' },
} as const;

interface Service {
  readonly groups: Catalogue['groups'];
  readonly topics?: Catalogue['topics'];
  readonly deciders?: EventingOptions['deciders'];
  readonly providers?: Type[];
  readonly controllers?: Type[];
  readonly contracts?: EventingOptions['contracts'];
}

/** The groups that a service runs, as NestJS finds its handlers; nothing is asked of any broker. */
async function start(service: Service) {
  const { groups, topics, deciders = [], providers = [], controllers = [] } = service;
  const options: EventingOptions = {
    service: 'doors',
    instance: 'doors-1',
    kafka: { brokers: [] },
    registryUrl: 'http://localhost',
    contracts: service.contracts ?? [commands, events],
    catalogue: { topics: topics ?? [commandsTopic, eventsTopic], groups },
    deciders,
    stateDir: 'not-made',
  };
  @Module({ imports: [EventingModule.forService(options)], providers, controllers })
  class Doors {}

  const app = await NestFactory.createApplicationContext(Doors, { logger: false, abortOnError: false });
  const cluster = new KafkaCluster(new KafkaClient({ brokers: [], clientId: 'spec' }));
  const codec = new MessageCodec(new ConfluentRegistry(options.registryUrl), options.contracts, systemClock);
  const transactions = new CommitCycles(cluster, { service: 'spec', instance: 'spec', groups: [] });
  const parts = { cluster, transactions, codec, performance: () => async () => undefined };
  return app
    .get(Plans)
    .make(parts)
    .map((plan) => plan.group);
}

describe('the start of a service whose handlers are those of the catalogue', () => {
  it('runs them, and leaves the groups of other services alone', async () => {
    const groups = [group.decider, group.open, group.sound, group.rows];
    const handlers = { providers: [OpenPolicy, OpenedProjection], controllers: [SoundEffect] };
    const others = { ...group.redrive, group: 'windows.redrive' };
    const started = await start({ groups: [...groups, others], deciders: [door], ...handlers });
    expect([...started].sort()).toEqual(groups.map((spec) => spec.group).sort());
  });
});

describe('the start refuses', () => {
  it('two classes of one group (one of them was turned away by the broker, readiness stayed green)', async () => {
    const service = { groups: [group.open], providers: [OpenPolicy, OpenAgainPolicy] };
    await expect(start(service)).rejects.toThrow(
      'The group doors.open is named by OpenPolicy and OpenAgainPolicy: give each a group of its own, and list it once',
    );
  });

  it.each([
    ['decider', group.decider, 'list its decider in the deciders of EventingModule'],
    ['policy', group.open, 'list its class in the providers of the service'],
    ['effect', group.sound, 'list its class in the controllers of the service'],
    ['projection', group.rows, 'list its class in the providers of the service'],
    ['redrive', group.redrive, 'give EventingModule redrives'],
  ])(
    'a group of the catalogue that nothing serves (its records waited for ever): a %s',
    async (_, spec, what) => {
      await expect(start({ groups: [spec] })).rejects.toThrow(
        `The catalogue has the group ${spec.group} (${spec.kind}) of ${spec.topics.join()}, and nothing here serves it: ${what}, or remove the group`,
      );
    },
  );

  it('a handler of another service', async () => {
    const groups = [{ ...group.open, service: 'windows' }];
    await expect(start({ groups, providers: [OpenPolicy] })).rejects.toThrow(
      'The catalogue has the group doors.open in the service windows, not in doors: move its handler, or name the service',
    );
  });

  it('a group that reads a topic of which its class handles nothing', async () => {
    const groups = [{ ...group.open, topics: ['doors.events', 'windows.events'] }];
    await expect(start({ groups, providers: [OpenPolicy] })).rejects.toThrow(
      'The catalogue has doors.open as a policy of doors.events, windows.events, not as a policy of doors.events: make them agree',
    );
  });

  it('an event that a projection neither projects nor skips (its row stayed behind)', async () => {
    await expect(start({ groups: [group.rows], providers: [DoorsProjection] })).rejects.toThrow(
      'DoorsProjection reads doors.events and does not say what becomes of Closed: add @Project, or name it in skips',
    );
  });

  it('a handler of a type that is upcast before: it would never be called', async () => {
    const upcast = contract('doors.events', { Opened }, [
      upcaster(Closed, Opened, ({ data }) => Opened(data)),
    ]);
    const service = { groups: [group.open], providers: [OpenPolicy], contracts: [commands, upcast] };
    await expect(start(service)).rejects.toThrow(
      'OpenPolicy handles Closed, which is upcast before any handler sees it: handle Opened instead',
    );
  });

  it('an event that a projection both projects and skips', async () => {
    await expect(start({ groups: [group.rows], providers: [ConfusedProjection] })).rejects.toThrow(
      'ConfusedProjection both projects and skips Closed: choose one',
    );
  });

  it('a decider whose events have no topic (its first decision failed)', async () => {
    const service = { groups: [group.decider], topics: [commandsTopic], deciders: [door] };
    await expect(start(service)).rejects.toThrow('The topic doors.events is not in the catalogue: add it');
  });

  it('a decider that is not the one writer of its events', async () => {
    const topics = [commandsTopic, topic('doors.events', ['gateway'])];
    await expect(start({ groups: [group.decider], topics, deciders: [door] })).rejects.toThrow(
      'doors.decider writes doors.events, of which the catalogue has the writers gateway: name doors.decider there',
    );
  });
});
