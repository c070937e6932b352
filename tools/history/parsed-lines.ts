import { type AggregateLine, type CommandLine, type EventLine, FORMAT } from './lines.ts';

/** A file that cannot be checked. */
export class BadHistory extends Error {
  constructor(line: number, what: string, cause?: unknown) {
    super(
      `Line ${line} ${what}. Record the file again with \`npm run history:record\`, or take it back from git`,
      { cause },
    );
  }
}

type Line = AggregateLine | CommandLine | EventLine;
type Json = Readonly<Record<string, unknown>>;

/** The lines behind the first, with their numbers from 1. Throws BadHistory for one that is none, and for a file that was cut off. */
export function* parsedLines(text: string): Generator<{ readonly number: number; readonly line: Line }> {
  const [first = '', ...rest] = text.split('\n');
  const { format, lines } = parsed(first, 1);
  if (format !== FORMAT) throw new BadHistory(1, `does not say that this is ${FORMAT}`);
  const all = rest.at(-1) === '' ? rest.slice(0, -1) : rest;
  if (all.length !== lines)
    throw new BadHistory(1, `says that ${String(lines)} lines follow, and ${all.length} do`);
  for (const [index, each] of all.entries()) {
    const number = index + 2;
    yield { number, line: lineIn(parsed(each, number), number) };
  }
}

export const isAggregate = (line: Line): line is AggregateLine => 'aggregate' in line;
export const isCommand = (line: Line): line is CommandLine => 'command' in line;
export const isEvent = (line: Line): line is EventLine => 'event' in line;

function parsed(text: string, number: number): Json {
  const value = jsonIn(text, number);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new BadHistory(number, 'is no JSON object');
}

function jsonIn(text: string, number: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BadHistory(number, 'is no JSON', cause);
  }
}

function lineIn(line: Json, number: number): Line {
  if (isText(line['aggregate']) && isText(line['decider']) && Number.isInteger(line['version']))
    return line as unknown as AggregateLine;
  const isMessage = isText(line['command']) || isText(line['event']);
  if (!isMessage) throw new BadHistory(number, 'begins no aggregate, and is neither a command nor an event');
  if (!Number.isInteger(line['schema'])) throw new BadHistory(number, 'has no version of a schema');
  if (!isMetadata(line['metadata']))
    throw new BadHistory(number, 'has no metadata with an id, a source, a correlationId and a time');
  return line as unknown as CommandLine | EventLine;
}

const isText = (value: unknown): value is string => typeof value === 'string';

function isMetadata(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { id, source, correlationId, time } = value as Json;
  return [id, source, correlationId, time].every(isText) && !Number.isNaN(Date.parse(String(time)));
}
