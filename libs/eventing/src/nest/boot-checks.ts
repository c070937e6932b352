import {
  type AnyMessageType,
  type Catalogue,
  ConfigurationError,
  type Contract,
  type GroupSpec,
  type HandlerKind,
  newestTypes,
  serviceOf,
  topicOf,
} from '../domain/index.ts';
import type { EventingOptions } from './eventing-options.ts';
import type { FoundHandler } from './handler-discovery.ts';
import type { Plan } from './plan.ts';

/** Where a service lists what serves a group of this kind. A delay needs no handler. */
const LISTED: Record<HandlerKind, string> = {
  decider: 'list its decider in the deciders of EventingModule',
  policy: 'list its class in the providers of the service',
  projection: 'list its class in the providers of the service',
  effect: 'list its class in the controllers of the service',
  redrive: 'give EventingModule redrives',
  delay: 'give EventingModule delays',
};

/** The groups that this process will run are those that the catalogue has for its service, each once. Throws a sentence. */
export function refuseOtherGroups(
  { catalogue, service }: Pick<EventingOptions, 'catalogue' | 'service'>,
  plans: readonly Pick<Plan, 'group' | 'handler'>[],
): void {
  for (const { group } of plans) refuseSecond(group, plans);
  for (const spec of catalogue.groups) {
    const isServed = plans.some(({ group }) => group === spec.group);
    if (serviceOf(spec) === service) {
      if (!isServed) throw unserved(spec);
    } else if (isServed) {
      throw new ConfigurationError(
        'GROUP_ELSEWHERE',
        `The catalogue has the group ${spec.group} in the service ${serviceOf(spec)}, not in ${service}: move its handler, or name the service in the catalogue`,
        { fields: { group: spec.group, service } },
      );
    }
  }
}

/** Brokers turn away the second consumer of a group under the same instance id, and half of the events would be lost. */
function refuseSecond(group: string, plans: readonly Pick<Plan, 'group' | 'handler'>[]): void {
  const same = plans.filter((plan) => plan.group === group);
  if (same.length < 2) return;
  const handlers = same.map(({ handler = 'a decider' }) => handler).join(' and ');
  throw new ConfigurationError(
    'GROUP_TWICE',
    `The group ${group} is named by ${handlers}: give each a group of its own, and list it once`,
    { fields: { group } },
  );
}

const unserved = ({ group, kind, topics }: GroupSpec) =>
  new ConfigurationError(
    'GROUP_UNSERVED',
    `The catalogue has the group ${group} (${kind}) of ${topics.join(', ')}, and nothing here serves it: ${LISTED[kind]}, or remove the group`,
    { fields: { group, kind } },
  );

/** Throws a sentence when a handler handles what no contract has. */
export function refuseUnknown(contracts: readonly Contract[], { name, types }: FoundHandler): void {
  const stray = types.find(({ type }) => !contracts.some((known) => (type as string) in known.types));
  if (!stray) return;
  const type = stray.type as string;
  const former = contracts.find(({ upcasters }) => upcasters.some(({ from }) => from.type === type));
  if (!former) throw notInContracts(`${name} handles ${type}`, name);
  throw new ConfigurationError(
    'FORMER_TYPE',
    `${name} handles ${type}, which is upcast before any handler sees it: handle ${newestTypes(former, type).join(' and ')} instead`,
    { fields: { handler: name, type } },
  );
}

const notInContracts = (what: string, handler: string) =>
  new ConfigurationError('NOT_IN_CONTRACTS', `${what}, which is not in the contracts of this service`, {
    fields: { handler },
  });

/**
 * Each event of the topics that a projection reads is projected, or skipped by name: a row that counts the versions of its
 * aggregate would stay behind without a word. Throws a sentence.
 */
export function refuseUnprojected(
  contracts: readonly Contract[],
  topics: readonly string[],
  { name, types }: Pick<FoundHandler, 'name' | 'types'>,
  skips: readonly AnyMessageType[] = [],
): void {
  const namesOf = (some: readonly AnyMessageType[]) => new Set(some.map(({ type }) => type as string));
  const [projected, skipped] = [namesOf(types), namesOf(skips)];
  for (const topic of topics) {
    const found = contracts.find((candidate) => candidate.topic === topic);
    if (!found) throw notInContracts(`${name} reads ${topic}`, name);
    const left = Object.keys(found.types).filter((type) => !projected.has(type) && !skipped.has(type));
    if (left.length > 0)
      throw new ConfigurationError(
        'EVENT_UNPROJECTED',
        `${name} reads ${topic} and does not say what becomes of ${left.join(', ')}: add @Project, or name it in skips`,
        { fields: { handler: name, topic, types: left } },
      );
  }
  const both = [...skipped].filter((type) => projected.has(type));
  if (both.length === 0) return;
  throw new ConfigurationError(
    'EVENT_SKIPPED',
    `${name} both projects and skips ${both.join(', ')}: choose one`,
    {
      fields: { handler: name, types: both },
    },
  );
}

/** A decider is the one writer of its events, and a catalogue that names writers says so. Throws a sentence. */
export function refuseOtherWriters(catalogue: Catalogue, group: string, events: string): void {
  const { writers } = topicOf(catalogue, events);
  if (writers.every((writer) => writer === group)) return;
  throw new ConfigurationError(
    'OTHER_WRITERS',
    `${group} writes ${events}, of which the catalogue has the writers ${writers.join(', ')}: name ${group} there, and no other`,
    { fields: { group, topic: events, writers } },
  );
}
