import { contracts } from '@atelier/contracts';
import type { OfOtherRelease, Original } from '@atelier/eventing';
import { type AvroSchema, type MessageType, messageTypes } from '@atelier/eventing/domain';
import { Injectable } from '@nestjs/common';
import { malformed, Problem } from '../../problem/problem.ts';
import { DoesNotFit, fromJson } from './avro-json.ts';
import type { KnownDeadLetter } from '../letters/dead-letter.queries.ts';
import { type Change, difference } from './difference.ts';
import { type DeadLetterRecord, OriginalRecords } from './original-records.ts';
import { recordRules } from './record-rules.ts';
import { displayJson, hex } from '../../http/display-json.ts';

/** An edited value as it will be sent, and what was changed. */
export interface Edit {
  readonly value: Buffer;
  readonly difference: readonly Change[];
}

const mostDifferenceBytes = 64 * 1024;

type Json = Readonly<Record<string, unknown>>;

type Type = Pick<MessageType, 'type' | 'topic' | 'key' | 'versions'>;

/** By their names, and by the full names of their schemas, which other systems give in `ce_type`. */
const types = new Map<string, Type>(
  contracts
    .flatMap((contract) => messageTypes(contract) as readonly Type[])
    .flatMap((type) => [type.type, fullNameOf(type)].map((name) => [name, type])),
);

/** Values that operators edit: of the message's type, and of the same aggregate. */
@Injectable()
export class Edits {
  constructor(private readonly records: OriginalRecords) {}

  /** Throws 400 when the value does not fit its type, 422 when it cannot be edited at all. */
  async of(letter: KnownDeadLetter, record: DeadLetterRecord, edited: Json): Promise<Edit> {
    const message = ofThisRelease(await this.records.decode(record));
    const type = typeOf(letter, message?.type);
    if (!type) throw uneditable(`${typeless(letter)}. Redrive it as it is, or discard it`);
    const data = fitting(type.versions.at(-1), edited);
    if (edited[type.key] !== letter.key) throw wrong(`/${type.key}`, `must stay ${letter.key}, the key`);
    const original = message ? displayJson(message.data) : record.value && hex(record.value);
    const changes = difference(original, displayJson(data));
    refuseTooMuch(changes);
    return { value: await this.encode(type.type, data), difference: changes };
  }

  private async encode(type: string, data: unknown): Promise<Buffer> {
    try {
      return await this.records.encode(type, data);
    } catch (error) {
      throw error instanceof Problem ? error : wrong('', `is not a ${type}: ${(error as Error).message}`);
    }
  }
}

/** Throws 422 where another release wrote more than this one reads: encoded anew, the value would be without it. */
function ofThisRelease(written: Original | OfOtherRelease | undefined): Original | undefined {
  if (written && 'unknown' in written) throw uneditable(otherRelease(written.unknown));
  if (written && written.version === undefined)
    throw uneditable(otherRelease(`its version of ${written.type}`));
  return written;
}

const otherRelease = (what: string) =>
  `this gateway does not know ${what}, and would drop what that has beyond its own. Edit it at a gateway of the release that wrote it, redrive it as it is, or discard it`;

/** What its schema says, if that belongs on its topic; otherwise what it is called. */
function typeOf({ topic, messageType }: KnownDeadLetter, ofSchema: string | undefined): Type | undefined {
  const known = [ofSchema, messageType].map((name) => types.get(name ?? ''));
  return known.find((type) => type?.topic === topic) ?? known.findLast((type) => type !== undefined);
}

function fullNameOf({ versions, type }: Type): string {
  const { namespace, name } = versions.at(-1) ?? { name: type };
  return namespace ? `${namespace}.${name}` : name;
}

function fitting(schema: AvroSchema | undefined, edited: Json): unknown {
  try {
    return fromJson(schema ?? {}, edited, recordRules);
  } catch (error) {
    throw error instanceof DoesNotFit ? wrong(error.path, error.message) : error;
  }
}

/** The history keeps it, and shows it to whoever asks for the dead letter. */
function refuseTooMuch(changes: readonly Change[]): void {
  const bytes = Buffer.byteLength(JSON.stringify(changes));
  if (bytes > mostDifferenceBytes)
    throw uneditable(
      `its difference to the original is ${bytes} bytes of JSON, and ${mostDifferenceBytes} are kept at most: change less of it`,
    );
}

/** Named as any other field of the body: `value.lines.0.quantity`. */
function wrong(path: string, message: string): Problem {
  const field = `value${path.replaceAll('/', '.')}`;
  return malformed(`${field}: ${message}`, { errors: [{ field, message }] });
}

const typeless = ({ messageType }: KnownDeadLetter) =>
  messageType === null ? 'it names no type of message' : `${messageType} is not in the contracts`;

const uneditable = (why: string) => new Problem(422, 'not-editable', `The value cannot be edited: ${why}`);
