import {
  type Catalogue,
  ConfigurationError,
  givenBackOn,
  type GroupSpec,
  groupUnknown,
} from '../domain/index.ts';
import { refuseUnknown } from './boot-checks.ts';
import type { EventingOptions } from './eventing-options.ts';
import type { FoundHandler } from './handler-discovery.ts';
import type { TargetOf } from '../engine/groups/redrive-handler.ts';

/** The group's entry in the catalogue. Throws a sentence when there is none. */
export function groupSpec({ groups }: Catalogue, group: string): GroupSpec {
  const spec = groups.find((candidate) => candidate.group === group);
  if (!spec) throw groupUnknown(group);
  return spec;
}

/** Never an events topic: that would be a new fact, for every group. */
export const redriveTargets =
  (catalogue: Catalogue): TargetOf =>
  (group, source) => {
    const spec = catalogue.groups.find((candidate) => candidate.group === group);
    if (!spec) return undefined;
    const topic = givenBackOn(spec, source);
    const found = catalogue.topics.find(({ name }) => name === topic);
    return found && { topic, maxBytes: found.maxMessageBytes };
  };

/** A group runs only as the catalogue has it: its positions and side topics were deployed from there. */
export function asInCatalogue(
  catalogue: Catalogue,
  group: string,
  kind: GroupSpec['kind'],
  topics: readonly string[],
) {
  const spec = groupSpec(catalogue, group);
  const same = [...topics].sort().join() === [...spec.topics].sort().join();
  if (spec.kind !== kind || !same)
    throw new ConfigurationError(
      'GROUP_DIFFERS',
      `The catalogue has ${group} as a ${spec.kind} of ${spec.topics.join(', ')}, not as a ${kind} of ${topics.join(', ')}: make them agree, then deploy`,
      { fields: { group } },
    );
  return { group, kind, topics: spec.topics };
}

/** What a class reads, as the catalogue and the contracts have it. */
export function reading(
  { catalogue, contracts }: Pick<EventingOptions, 'catalogue' | 'contracts'>,
  group: string,
  kind: GroupSpec['kind'],
  handler: FoundHandler,
) {
  const topics = [...new Set(handler.types.map(({ topic }) => topic))];
  if (topics.length === 0)
    throw new ConfigurationError(
      'HANDLES_NOTHING',
      `${handler.name} has no method that handles anything: decorate one, or remove the class`,
      { fields: { handler: handler.name } },
    );
  refuseUnknown(contracts, handler);
  const handles = handler.types.map(({ type }) => type as string);
  return { ...asInCatalogue(catalogue, group, kind, topics), handler: handler.name, handles };
}
