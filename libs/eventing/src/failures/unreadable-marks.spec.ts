import type { Log } from '../log/log.ts';
import { expect, it } from '@jest/globals';
import { CountingClock } from '../../fixtures/counting-clock.ts';
import type { ParkedTopic } from './parked-topic.ts';
import { UnreadableMarks } from './unreadable-marks.ts';
import { systemClock } from '../time/system-clock.ts';

it('logs each mark that cannot be read when it comes among the three that are told (only the first three were logged, ever)', () => {
  const logged: string[] = [];
  const marks = new UnreadableMarks({ size: 0 }, (text) => logged.push(text));
  const found = (...unreadable: string[]) => {
    const topic = { unreadable, covered: [], copy: () => topic } as unknown as ParkedTopic;
    marks.found({ clock: systemClock } as Log, topic);
  };
  found('1', '2', '3', '4');
  expect(marks.notices).toEqual(['1', '2', '3', '1 more of this kind']);
  expect(logged.splice(0)).toEqual(marks.notices);
  found('1', '2', '3', '4');
  expect(logged).toEqual([]);
  found('2', '3', '4');
  expect(logged).toEqual(['4']);
  marks.close();
});

it('are looked for only while some are known, or keys are parked (a timer for each partition of a process)', async () => {
  const clock = new CountingClock();
  const parked = { size: 0 };
  let looks = 0;
  const topic = { unreadable: [], covered: [], copy: () => topic, read: async () => looks++ };
  const log = { clock, apart: () => log } as unknown as Log;
  const marks = new UnreadableMarks(parked, () => undefined);
  marks.found(log, topic as unknown as ParkedTopic);
  expect(clock.pending).toBe(0);
  parked.size = 1;
  marks.watch();
  marks.watch();
  expect(clock.pending).toBe(1);
  while (looks < 2) await clock.step();
  parked.size = 0;
  while (clock.pending > 0) await clock.step();
  expect(looks).toBe(2);
  marks.close();
});
