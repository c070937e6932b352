import { describe, expect, it } from '@jest/globals';
import { etagOf, noneMatchFails } from './etag.ts';

describe('If-None-Match', () => {
  it.each(['"3"', 'W/"3"', '*', '"1", "3"', '"a,b",W/"3"', '"1",\t"3"', ', "3",,'])(
    '%s has the tag',
    (header) => {
      expect(noneMatchFails(header, etagOf(3))).toBe(true);
    },
  );

  it.each([undefined, '', '3', '"33"', '"1", "2"', 'x"3"', '"3" "1"', '*, "3"', '"a, "3"', 'w/"3"'])(
    '%s has it not',
    (header) => {
      expect(noneMatchFails(header, etagOf(3))).toBe(false);
    },
  );
});
