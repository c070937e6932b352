import { type CommandRecord, type Evidence, positionOf } from '../evidence/evidence.ts';
import { nothingToCheck, type Violation } from './violation.ts';

/** Every command that a decider was given is answered by an event, a refusal if need be. */
export function check({ commands, events }: Evidence): Violation[] {
  const given = commands.filter(isGiven);
  if (given.length === 0) return [nothingToCheck('answered', 'there are no commands')];
  const answered = new Set(events.map(({ causationId }) => causationId));
  return given
    .filter(({ id }) => !answered.has(id))
    .map((command) => ({
      kind: 'command-unanswered',
      command: `${command.type} ${command.id} at ${positionOf(command)}`,
    }));
}

/** What waits in a delay topic was not given to a decider yet. */
const isGiven = ({ topic }: CommandRecord) => topic.endsWith('.commands');
