/**
 * How what comes in a path or in a header is spelled. Each pattern is what is refused and what the OpenAPI document says,
 * and every dialect of regular expressions reads it alike, with characters for units.
 */

const int64Largest = 2n ** 63n - 1n;
const int32Largest = 2n ** 31n - 1n;

/** Whole numbers from 0 to 2^63 - 1 and to 2^31 - 1, in decimal digits. */
export const int64Pattern = upTo(int64Largest);
export const int32Pattern = upTo(int32Largest);

/** Text without control characters. */
export const textPattern = (longest: number) => String.raw`^[^\x00-\x1f\x7f-\x9f]{1,${longest}}$`;

export const topicPattern = textPattern(249);

// Not every dialect has escapes by four digits: the characters stand there themselves.
const unseen = String.raw`\x00-\x1f\x7f-\x9f\xad` + '\u2000-\u200f\u2028-\u202f\u205f-\u206f\ufeff';
const spaces = String.raw` \xa0` + '\u3000';
/** A name that can be seen: nothing that is no ink, but for spaces after its first character. */
export const operatorPattern = String.raw`^[^${spaces}${unseen}][^${unseen}]{0,99}$`;

/** A time of RFC 3339 (section 5.6) on a day that there is, without leap seconds. */
export const instantPattern = (() => {
  const leapDay = '([0-9]{2}([2468][048]|[13579][26]|0[48])|([02468][048]|[13579][26])00)-02-29';
  const days = '(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)';
  const otherDay = `[0-9]{4}-(${days}|02-(0[1-9]|1[0-9]|2[0-8]))`;
  const hour = '([01][0-9]|2[0-3])';
  const time = `${hour}:[0-5][0-9]:[0-5][0-9]([.][0-9]{1,30})?`;
  return `^(${leapDay}|${otherDay})[Tt]${time}([Zz]|[+-]${hour}:[0-5][0-9])$`;
})();

/** The decimal digits of a whole number from 0 to `most`, which has two digits or more, without leading zeros. */
function upTo(most: bigint): string {
  const digits = [...String(most)].map(Number);
  const anyDigits = (count: number) => `[0-9]{${count}}`;
  // As many digits, and the first one that differs is lower.
  const lower = digits.flatMap((digit, place) => {
    const [least, highest] = [place === 0 ? 1 : 0, digit - 1];
    if (highest < least) return [];
    return `${digits.slice(0, place).join('')}[${least}-${highest}]${anyDigits(digits.length - place - 1)}`;
  });
  return `^(0|[1-9][0-9]{0,${digits.length - 2}}|${[...lower, most].join('|')})$`;
}
