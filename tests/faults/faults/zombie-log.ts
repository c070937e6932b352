import type { LogLine } from '../cluster/service-log.ts';

/** What a zombie must say when it wakes: its membership, its partitions or its producers are another's. */
const REPLACED =
  /taken over by another process|not assigned to this process|not aware of this member|generation id is not valid/i;
const TAKEN_OVER = /taken over by another process/;
const JOINED = /^(\S+) generation /;

export const wasReplaced = (lines: readonly LogLine[]) =>
  lines.some(({ level, msg }) => level !== 'info' && REPLACED.test(msg));

/** When it first joined this group. */
export const joinedAt = (lines: readonly LogLine[], group: string) =>
  lines.find(({ msg }) => msg.startsWith(`${group} generation `))?.time;

/**
 * What a peer lost to the zombie although it should not have: before the zombie, awake again, has joined the group that the
 * transactional id begins with, and was given partitions by it.
 */
export function takenBack(peer: readonly LogLine[], zombie: readonly LogLine[], awake: string): string[] {
  const thefts = peer.filter(({ time, msg }) => time >= awake && TAKEN_OVER.test(msg));
  const groups = zombie.flatMap(({ msg }) => JOINED.exec(msg)?.slice(1) ?? []);
  const isFair = ({ time, msg }: LogLine) =>
    groups.some((group) => msg.includes(`${group}.`) && (joinedAt(zombie, group) ?? '') <= time);
  return thefts.filter((theft) => !isFair(theft)).map(({ msg }) => msg);
}
