import {
  type Catalogue,
  deadLetterTopic,
  declaredPartitions,
  serviceOf,
  sideLanes,
} from '../domain/index.ts';
import type { TopicPartition } from '../log/log.ts';

/** One position that a transaction may commit. */
export interface Owner extends TopicPartition {
  readonly group: string;
}

/**
 * Whose positions a transaction may commit, as its transactional id tells: `<service>/<instance>` and `<service>/<instance>/2`, those of all
 * groups of a service; of the version before, `<group>.<topic>.<partition>`, of one. Empty for ids that are none of this platform's.
 */
export function ownersOf(catalogue: Catalogue, transactionalId: string): readonly Owner[] {
  const all = catalogue.groups.flatMap((spec) =>
    spec.topics.flatMap((source) =>
      [source, ...sideLanes(spec, source), deadLetterTopic(spec.group, source)].flatMap((topic) =>
        numbers(declaredPartitions(catalogue, source)).map((partition) => ({
          service: serviceOf(spec),
          group: spec.group,
          topic,
          partition,
        })),
      ),
    ),
  );
  const [service, instance] = transactionalId.split('/');
  return all.filter((owner) =>
    instance === undefined
      ? transactionalId === `${owner.group}.${owner.topic}.${owner.partition}`
      : owner.service === service,
  );
}

/** Of a topic that the catalogue does not have, none is known. */
const numbers = (count: number) => (Number.isFinite(count) ? [...Array(count).keys()] : []);
