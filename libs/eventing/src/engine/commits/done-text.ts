import { type DoneRange, type DoneRanges, includes } from '../../log/done-ranges.ts';
import type { StoredPosition } from '../../log/log.ts';

/**
 * The name in whose place the text of a position has what is done beyond it. Versions before it take it for a topic that was deleted,
 * and handle those records again; a catalogue has no topic of that name.
 */
export const DONE = '.done';

/** Bytes of it at most, so that witnesses have room beside it: brokers keep 4,096 with an offset (`offset.metadata.max.bytes`). */
export const MOST_DONE_BYTES = 1_500;

/** As text that follows the first field of a witness: `|.done|gap|length` for each range, from the position on. */
export function doneText(position: bigint, ranges: DoneRanges): string {
  let text = '';
  let before = position;
  for (const { from, to } of ranges) {
    text += `|${DONE}|${from - before}|${to - from}`;
    before = to;
  }
  return text;
}

/** Bytes of one range at most, where all of them are within so many offsets. */
export const rangeBytes = (span: bigint) => `|${DONE}||`.length + 2 * String(span).length;

const WITH_DONE = new RegExp(`^\\d+((?:\\|\\${DONE}\\|\\d+\\|\\d+)+)`);

/** What such a text says; nothing for any other. */
export function doneIn(text: string, position: bigint): DoneRanges {
  const fields = WITH_DONE.exec(text)?.[1]?.split(`|${DONE}|`).slice(1) ?? [];
  const ranges: DoneRange[] = [];
  for (const field of fields) {
    const [gap = '', length = ''] = field.split('|');
    const from = (ranges.at(-1)?.to ?? position) + BigInt(gap);
    ranges.push({ from, to: from + BigInt(length) });
  }
  return ranges;
}

/** Whether a group that stands there has not done yet what it had: its offset, and what is done beyond it, only grow. */
export const isBehind = (stored: StoredPosition, acknowledged: StoredPosition): boolean =>
  stored.offset < acknowledged.offset ||
  (stored.offset === acknowledged.offset &&
    !includes(doneIn(stored.metadata, stored.offset), doneIn(acknowledged.metadata, stored.offset)));
