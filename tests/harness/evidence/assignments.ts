import { existsSync } from 'node:fs';
import { type LogLine, linesFrom } from '../services/service-log.ts';
import type { Assignment } from './evidence.ts';

const JOINED = /\bnotifications\.order-mail generation \d+: (.*)$/;

/** What the workers that send e-mails were given, as their own logs say. */
export function assignments(
  services: readonly { readonly name: string; readonly logFile: string }[],
): Assignment[] {
  const logged = services
    .filter(({ name, logFile }) => name.startsWith('notifications-') && existsSync(logFile))
    .flatMap(({ name, logFile }) => linesFrom(logFile, 0).flatMap((line) => joined(name, line)));
  return logged
    .sort((one, other) => (one.time < other.time ? -1 : one.time > other.time ? 1 : 0))
    .map(({ assignment }) => assignment);
}

function joined(instance: string, { time, msg }: LogLine): { time: string; assignment: Assignment }[] {
  const list = JOINED.exec(msg ?? '')?.[1];
  if (list === undefined) return [];
  const partitions = list === 'nothing' ? [] : list.split(', ');
  return [{ time, assignment: { instance, partitions } }];
}
