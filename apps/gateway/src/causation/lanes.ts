import { catalogue } from '@atelier/contracts';
import type { TimeWindow } from '@atelier/eventing/serde';
import { deadLetterTopic, delayTopic, sideLanes } from '@atelier/eventing/domain';
import type { Pipeline } from '../read-model/barrier.ts';

/** A partition in which records of a flow may stand, and when. */
export interface Lane {
  readonly topic: string;
  readonly partition: number;
  readonly windows: readonly TimeWindow[];
}

/** Milliseconds before and after what is known to have happened: clocks differ, and whoever is behind takes a while. */
const AROUND_MS = 30_000;

const exists = (topic: string) => catalogue.topics.some(({ name }) => name === topic);

/**
 * Where the commands of a pipeline stand that happened about these times, and the copies of all that failed on its topics since the
 * first of them. Events are known from the read model.
 */
export function lanesOf({ commands, events }: Pipeline, partition: number, times: readonly number[]): Lane[] {
  const windows = windowsAround(times);
  const main = [commands, delayTopic(commands)].filter(exists);
  const copies = [...main, events].flatMap(copiesOf);
  const since = [{ from: windows[0]?.from ?? 0, to: undefined }];
  return [
    ...main.map((topic) => ({ topic, partition, windows })),
    ...copies.map((topic) => ({ topic, partition, windows: since })),
  ];
}

/** Where the groups that read a topic put what has failed. */
const copiesOf = (topic: string) =>
  catalogue.groups
    .filter(({ topics }) => (topics as readonly string[]).includes(topic))
    .flatMap((spec) => [deadLetterTopic(spec.group, topic), ...sideLanes(spec, topic)]);

/** In order, and apart: those that meet are one. */
export function windowsAround(times: readonly number[]): TimeWindow[] {
  const windows: { from: number; to: number }[] = [];
  for (const time of [...times].sort((a, b) => a - b)) {
    const [from, to] = [time - AROUND_MS, time + AROUND_MS];
    const last = windows.at(-1);
    if (last && from <= last.to) last.to = to;
    else windows.push({ from, to });
  }
  return windows;
}
