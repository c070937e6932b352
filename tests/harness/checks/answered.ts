import type { CommandRecord, Evidence } from '../evidence/evidence.ts';

/** Every command that a decider was given is answered by an event, a refusal if need be. */
export function check({ commands, events }: Evidence): string[] {
  const given = commands.filter(isGiven);
  if (given.length === 0) return ['answered: there are no commands to check'];
  const answered = new Set(events.map(({ causationId }) => causationId));
  return given
    .filter(({ id }) => !answered.has(id))
    .map(
      ({ type, id, topic, partition, offset }) =>
        `${type} ${id} at ${topic}-${partition}@${offset}: no event answers it`,
    );
}

/** What waits in a delay topic was not given to a decider yet. */
const isGiven = ({ topic }: CommandRecord) => topic.endsWith('.commands');
