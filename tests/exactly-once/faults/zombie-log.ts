import type { LogLine } from '../../harness/services/service-log.ts';

/** What a zombie must say when it wakes: its membership, its partitions or its producers are another's. */
const REPLACED =
  /taken over by another process|not assigned to this process|not aware of this member|generation id is not valid/i;
const TAKEN_OVER = /^(\S+) was taken over by another process/;
/** The group, and its partitions. */
const JOINED = /^(\S+) generation \d+: (.*)$/;

export const wasReplaced = (lines: readonly LogLine[]) =>
  lines.some(({ level, msg }) => level !== 'info' && REPLACED.test(msg));

/** When it first joined this group. */
export const joinedAt = (lines: readonly LogLine[], group: string) =>
  lines.find(({ msg }) => JOINED.exec(msg)?.[1] === group)?.time;

/**
 * What a peer lost since the zombie is awake although nobody had given it to the zombie: a worker is fenced with its
 * transactional id, `<group>.<topic>.<partition>`, only by one whose group has assigned it that partition.
 */
export function takenBack(peer: readonly LogLine[], zombie: readonly LogLine[], awake: string): string[] {
  const given = zombie.flatMap(({ time, msg }) => transactionalIds(msg).map((id) => ({ id, time })));
  const stolen = (line: LogLine) => {
    const [, id] = TAKEN_OVER.exec(line.msg) ?? [];
    return id !== undefined && !given.some((each) => each.id === id && each.time <= line.time);
  };
  return peer.filter((line) => line.time >= awake && stolen(line)).map(({ msg }) => msg);
}

function transactionalIds(msg: string): string[] {
  const [, group, partitions = ''] = JOINED.exec(msg) ?? [];
  if (group === undefined) return [];
  return partitions.split(', ').map((partition) => `${group}.${partition.replace(/-(\d+)$/, '.$1')}`);
}
