import { expect, it } from '@jest/globals';
import type { PerformedIndex } from '../../state/performed-index.ts';
import { systemClock } from '../../time/system-clock.ts';
import { EffectMarks } from './effect-marks.ts';

it('writes the marks of one moment together, and tells each when it is on the disk, or why it is not', async () => {
  const written: (readonly string[])[] = [];
  const full = new Error('disk full');
  const add = (ids: readonly string[]) => {
    if (ids.includes('unlucky')) throw full;
    written.push(ids);
  };
  const marks = new EffectMarks({ add } as unknown as PerformedIndex, systemClock);
  await Promise.all([marks.add('a'), marks.add('b')]);
  await marks.add('c');
  expect(written).toEqual([['a', 'b'], ['c']]);
  await expect(Promise.allSettled([marks.add('d'), marks.add('unlucky')])).resolves.toEqual([
    { status: 'rejected', reason: full },
    { status: 'rejected', reason: full },
  ]);
  await marks.add('d');
  expect(written.at(-1)).toEqual(['d']);
});
