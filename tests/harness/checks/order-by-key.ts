import {
  type CommandRecord,
  type Evidence,
  isOfOperations,
  type LogPosition,
  placeOf,
  positionOf,
} from '../evidence/evidence.ts';
import { nothingToCheck, type Violation } from './violation.ts';

/**
 * Commands of one key follow the order of what caused them, as far as the causes lie in one partition. The cause of a
 * policy's command is an event. A command that came by a delay topic is caused by its own record there, under the same
 * id: it may be overtaken by what took the direct way. The gateway's commands have no cause. The report of a dead letter
 * is caused by the record that failed, whatever that was.
 */
export function check({ events, commands }: Evidence): Violation[] {
  const caused = commands.filter((command) => command.causationId !== undefined && !isOfOperations(command));
  if (caused.length === 0) return [nothingToCheck('order by key', 'there are no commands of policies')];
  const eventAt = new Map<string, LogPosition>(events.map((event) => [event.id, event]));
  const delayedAt = new Map<string, LogPosition>(
    caused.filter(isWaiting).map((command) => [command.id, command]),
  );
  const violations: Violation[] = [];
  const offsets = new Map<string, bigint>();
  const last = new Map<string, { cause: LogPosition; command: CommandRecord }>();
  for (const command of caused) {
    const place = placeOf(command);
    const before = offsets.get(place) ?? -1n;
    if (command.offset <= before)
      violations.push({ kind: 'offset-backwards', at: positionOf(command), before });
    offsets.set(place, command.offset);

    const cause =
      (isWaiting(command) ? undefined : delayedAt.get(command.id)) ?? eventAt.get(command.causationId ?? '');
    if (!cause) {
      violations.push({ kind: 'cause-missing', command: named(command), cause: command.causationId });
      continue;
    }
    // The source's topic tells the policies of one target apart; so does the delay topic.
    const path = `${command.topic} ${command.key} ${placeOf(cause)}`;
    const previous = last.get(path);
    if (previous && cause.offset < previous.cause.offset)
      violations.push({
        kind: 'command-overtaken',
        command: named(command),
        cause: positionOf(cause),
        previous: named(previous.command),
        previousCause: positionOf(previous.cause),
      });
    if (previous && placeOf(previous.command) !== place)
      violations.push({ kind: 'key-moved', command: named(command), previous: named(previous.command) });
    last.set(path, { cause, command });
  }
  return violations;
}

const isWaiting = ({ topic }: CommandRecord) => topic.endsWith('.delay');

const named = (command: CommandRecord) => `${command.type} of ${command.key} at ${positionOf(command)}`;
