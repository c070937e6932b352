import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { checkText } from './checked.ts';
import { deciders } from './deciders.ts';

describe('a file of histories that was changed', () => {
  let lines: readonly string[];
  let placed: number;

  beforeAll(() => {
    lines = readFileSync(new URL('recorded.ndjson', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n');
    placed = lines.findIndex((line) => line.startsWith('{"event":"OrderSubmitted"'));
  });

  const check = (changed: readonly string[]) =>
    checkText(changed.map((line) => `${line}\n`).join(''), deciders);
  const withLine = (at: number, change: (line: string) => string) =>
    check(lines.map((line, index) => (index === at ? change(line) : line)));

  it.each([
    [
      'begins as another',
      0,
      '{"format":"something/2"}',
      /^Line 1 does not say that this is atelier-history\/1\./,
    ],
    ['has a line that is cut off', 2, '{"command":', /^Line 3 is no JSON\./],
    ['has a line of something else', 2, '[]', /^Line 3 is no JSON object\./],
    ['has an object of something else', 2, '{}', /^Line 3 begins no aggregate, and is neither/],
    ['has a message without a schema', 2, '{"command":"A"}', /^Line 3 has no version of a schema\./],
    ['has no metadata', 2, '{"event":"A","schema":1}', /^Line 3 has no metadata with an id/],
    [
      'is of another platform',
      1,
      '{"decider":"a","version":1,"aggregate":"b"}',
      /^Line 2 is of a, which is no decider/,
    ],
    [
      'begins without an aggregate',
      1,
      '{"event":"A","schema":1,"metadata":{"id":"","source":"","correlationId":"","time":"2026-01-01T00:00:00Z"}}',
      /^Line 2 comes before the line of its aggregate\./,
    ],
  ])('is refused with what to do where it %s', async (_, at, line, sentence) => {
    const refused = withLine(at, () => line);
    await expect(refused).rejects.toThrow(sentence);
    await expect(refused).rejects.toThrow('Record the file again with `npm run history:record`');
  });

  it('is refused where its end is missing', async () => {
    const sentence = `Line 1 says that ${lines.length - 1} lines follow, and 9 do.`;
    await expect(check(lines.slice(0, 10))).rejects.toThrow(sentence);
  });

  it('is refused where a message has what its schema does not have', async () => {
    const changed = withLine(placed, (line) => line.replace('"quantity":', '"count":'));
    await expect(changed).rejects.toThrow(
      `Line ${placed + 1} has data that its schema does not have: invalid "int"`,
    );
  });

  it('is read as by anybody where a message is of an older version of its schema', async () => {
    const contact = /"contact":"[^"]*",?/;
    const at = lines.findIndex((line) => line.startsWith('{"event":"OrderPlaced"'));
    expect(lines[at]).toMatch(contact);
    const older = (line: string) =>
      line.replace('"schema":3', '"schema":2').replace(contact, '').replace(',}', '}');
    const [orders] = await withLine(at, older);
    expect(orders?.differences).toEqual([]);
  });

  it.each([
    [
      'type',
      '"event":"OrderSubmitted"',
      '"event":"OrderForgotten"',
      'orders.events has no OrderForgotten of version 1',
    ],
    ['version', '"schema":1', '"schema":9', 'orders.events has no OrderSubmitted of version 9'],
  ])('differs where an event has a %s that is there no more', async (_, from, to, why) => {
    const [orders] = await withLine(placed, (line) => line.replace(from, to));
    expect(orders?.differences).toMatchObject([{ now: { kind: 'failed', why: `Error: ${why}` } }]);
  });
});
