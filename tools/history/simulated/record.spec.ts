import { describe, expect, it } from '@jest/globals';
import { checkText } from '../checked.ts';
import { deciders } from '../deciders.ts';
import { recordSimulated } from './record.ts';

describe('what a simulated platform has recorded', () => {
  it('is the same for the same seed, and is decided again as it was', async () => {
    const [text, again] = [await recordSimulated(2), await recordSimulated(2)];
    expect(again).toBe(text);
    const differences = (await checkText(text, deciders)).map((checked) => checked.differences);
    expect(differences).toEqual(deciders.map(() => []));
  });
});
