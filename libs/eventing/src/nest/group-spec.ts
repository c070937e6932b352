import { type Catalogue, givenBackOn, type GroupSpec } from '../domain/index.ts';
import type { TargetOf } from '../engine/groups/redrive-handler.ts';

/** The group's entry in the catalogue. Throws a sentence when there is none. */
export function groupSpec({ groups }: Catalogue, group: string): GroupSpec {
  const spec = groups.find((candidate) => candidate.group === group);
  if (!spec) throw new Error(`The group ${group} is not in the catalogue: add it there, then deploy`);
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
  const strays = topics.filter((topic) => !spec.topics.includes(topic));
  if (spec.kind !== kind || strays.length > 0)
    throw new Error(
      `The catalogue has ${group} as a ${spec.kind} of ${spec.topics.join(', ')}, not as a ${kind} of ${topics.join(', ')}`,
    );
  return { group, kind, topics: spec.topics };
}
