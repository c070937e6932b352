import { catalogue } from '@atelier/contracts';
import type { HandlerKind } from '@atelier/eventing/domain';

/** Groups of these kinds open the records that they read. */
const opening: readonly HandlerKind[] = ['decider', 'policy', 'projection', 'effect'];

const isOpened = (topic: string) =>
  catalogue.groups.some(({ kind, topics }) => opening.includes(kind) && topics.includes(topic));

const isDecided = (topic: string) =>
  catalogue.topics
    .filter(({ name }) => name === topic)
    .some(({ writers }) =>
      catalogue.groups.some(({ kind, group }) => kind === 'decider' && writers.includes(group)),
    );

/** Dead letters of those who look after dead letters are reported to nobody: they would be in no list. */
const isUnreported = (topic: string) => /^(dead-letters|redrive-jobs)\./.test(topic);

const canBePoisoned = (topic: string) => isOpened(topic) && !isDecided(topic) && !isUnreported(topic);

/** The topic, if records on it that nobody can decode end as dead letters. Throws a sentence that names those that do. */
export function poisonable(topic: string): string {
  const all = catalogue.topics.map(({ name }) => name).filter(canBePoisoned);
  if (all.includes(topic)) return topic;
  const why = isDecided(topic)
    ? `${topic} cannot be poisoned: a decider rebuilds its state from it, and would wait there until an operator has decided about each record`
    : `${topic || 'Nothing'} cannot be poisoned`;
  throw new Error(`${why}. These topics can: ${all.join(', ')}.`);
}

/** Who gives up the records of this topic. */
export const readersOf = (topic: string): string[] =>
  catalogue.groups
    .filter(({ kind, topics }) => opening.includes(kind) && topics.includes(topic))
    .map(({ group }) => group);
