import { contracts } from '@atelier/contracts';
import { type AnyDecider, type AvroSchema, type Contract, messageTypes } from '@atelier/eventing/domain';
import type { ConsumedRecord } from '@atelier/eventing/log';
import { MessageCodec, open, type Opened, toHeaders } from '@atelier/eventing/serde';
import { systemClock } from '@atelier/eventing/time';
import { MemoryRegistry } from '../../libs/eventing/src/memory/memory-registry.ts';
import { avroType, type Type } from '../../libs/eventing/src/serde/avro.ts';
import { MAGIC, PREFIX } from '../../libs/eventing/src/serde/wire-format.ts';
import {
  type AggregateLine,
  type CommandLine,
  type EventLine,
  type MessageLine,
  toMetadata,
} from './lines.ts';
import { BadHistory, isAggregate, isCommand, isEvent, parsedLines } from './parsed-lines.ts';
import { fromPlain } from './plain.ts';
import type { RecordedEvent, Step } from './step.ts';

/** A step, and whose it is. */
export interface DecidersStep {
  readonly rules: AnyDecider;
  /** Of its folds, when they were recorded. */
  readonly version: number;
  readonly step: Step;
}

/** The steps in the text of a file of histories. Throws BadHistory. */
export async function* readHistory(
  text: string,
  deciders: readonly AnyDecider[],
): AsyncGenerator<DecidersStep> {
  let history: AggregateHistory | undefined;
  for (const { number, line } of parsedLines(text)) {
    if (isAggregate(line)) {
      yield* history?.take() ?? [];
      const rules = deciders.find(({ group }) => group === line.decider);
      if (!rules) throw new BadHistory(number, `is of ${line.decider}, which is no decider of the platform`);
      history = new AggregateHistory(rules, line);
    } else if (!history) throw new BadHistory(number, 'comes before the line of its aggregate');
    else if (isCommand(line)) yield* await history.command(line, number);
    else if (isEvent(line)) yield* await history.event(line, number);
  }
  yield* history?.take() ?? [];
}

/** Puts the messages of one aggregate together to steps. */
class AggregateHistory {
  private readonly rules: AnyDecider;
  private readonly line: AggregateLine;
  private readonly messages: FileMessages;
  private open:
    { readonly line: CommandLine; readonly command: Opened; readonly events: RecordedEvent[] } | undefined;
  private kept: RecordedEvent['kept'];

  constructor(rules: AnyDecider, line: AggregateLine) {
    this.rules = rules;
    this.line = line;
    this.messages = new FileMessages(line.aggregate);
  }

  /** The step that no event will be added to any more. */
  *take(): Generator<DecidersStep> {
    if (!this.open) return;
    const { line, command, events } = this.open;
    this.open = undefined;
    yield this.step({ question: { command, rule: line.rule ?? 'decide' }, events });
  }

  async command(line: CommandLine, number: number): Promise<Iterable<DecidersStep>> {
    const before = [...this.take()];
    const command = await this.messages.opened(this.rules.commands, line.command, line, number);
    this.open = { line, command, events: [] };
    return before;
  }

  async event(line: EventLine, number: number): Promise<Iterable<DecidersStep>> {
    const opened = await this.messages.opened(this.rules.events, line.event, line, number);
    if (line.state !== undefined) this.kept = { state: fromPlain(line.state) };
    const event = { opened, kept: this.kept };
    if (this.open && answers(line, this.open.line)) {
      this.open.events.push(event);
      return [];
    }
    return [...this.take(), this.step({ events: [event] })];
  }

  private step(step: Omit<Step, 'aggregate'>): DecidersStep {
    const { aggregate, version } = this.line;
    return { rules: this.rules, version, step: { aggregate, ...step } };
  }
}

const answers = ({ metadata: event }: EventLine, { metadata: command }: CommandLine) =>
  event.causationId === command.id && event.requestHash === command.requestHash;

/** Makes of the messages in a file what a topic would have, so that they are read as everywhere. */
class FileMessages {
  private readonly aggregate: string;

  constructor(aggregate: string) {
    this.aggregate = aggregate;
  }

  /** Of a type or a version that is there no more it has an error, as the record of a topic would. */
  async opened(contract: Contract, name: string, line: MessageLine, number: number): Promise<Opened> {
    const type = messageTypes(contract).find((each) => each.type === name);
    const schema = type?.versions[line.schema - 1];
    const record = this.record(contract, name, line, number);
    if (!schema)
      return { record, error: new Error(`${contract.topic} has no ${name} of version ${line.schema}`) };
    const [opened] = await open(codec, [{ ...record, value: bytesOf(schema, line, number) }], () => true);
    return opened as Opened;
  }

  private record({ topic }: Contract, name: string, line: MessageLine, number: number): ConsumedRecord {
    const metadata = toMetadata(this.aggregate, line.metadata);
    return {
      ...{ topic, partition: 0, offset: BigInt(number), timestamp: metadata.time },
      ...{ key: Buffer.from(this.aggregate), value: null, headers: toHeaders(name, metadata) },
    };
  }
}

const registry = new MemoryRegistry();
const codec = new MessageCodec(registry, contracts, systemClock);
const types = new Map<AvroSchema, Type>();

function bytesOf(schema: AvroSchema, { data }: MessageLine, number: number): Buffer {
  const type = types.get(schema) ?? avroType(schema);
  types.set(schema, type);
  const prefix = Buffer.alloc(PREFIX, MAGIC);
  prefix.writeInt32BE(registry.register(JSON.stringify(schema)), 1);
  try {
    return Buffer.concat([prefix, type.toBuffer(fromPlain(data))]);
  } catch (cause) {
    throw new BadHistory(
      number,
      `has data that its schema does not have: ${(cause as Error).message}`,
      cause,
    );
  }
}
