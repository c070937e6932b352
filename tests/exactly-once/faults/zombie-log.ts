import type { LogLine } from '../../harness/services/service-log.ts';

/** What a zombie must say when it wakes: its membership, its partitions or its producers are another's. */
const REPLACED =
  /taken over by another process|not assigned to this process|not aware of this member|generation id is not valid/i;
const TAKEN_OVER = /was taken over by another process/;
/** The group, and its partitions. */
const JOINED = /^(\S+) generation \d+: (.*)$/;

export const wasReplaced = (lines: readonly LogLine[]) =>
  lines.some(({ level, msg }) => level !== 'info' && REPLACED.test(msg));

/** When it first joined this group. */
export const joinedAt = (lines: readonly LogLine[], group: string) =>
  lines.find(({ msg }) => JOINED.exec(msg)?.[1] === group)?.time;

/** Whether it was given partitions of this group when it joined. */
export const wasGiven = (lines: readonly LogLine[], group: string) =>
  lines.some(({ msg }) => {
    const [, joined, partitions] = JOINED.exec(msg) ?? [];
    return joined === group && partitions !== 'nothing';
  });

/**
 * What a peer has lost since the zombie is awake: nobody but a process of its own name may take its transactional id, unless it is in
 * no group any more, and it never was.
 */
export const takenBack = (peer: readonly LogLine[], awake: string): string[] =>
  peer.filter(({ time, msg }) => time >= awake && TAKEN_OVER.test(msg)).map(({ msg }) => msg);
