import { type AnyDecider, type Contract, evolve, messageTypes } from '@atelier/eventing/domain';
import type { ConsumedRecord } from '@atelier/eventing/log';
import { type MessageCodec, toMetadata } from '@atelier/eventing/serde';
import { stepsOf, type Topics } from './from-log.ts';
import {
  type AggregateLine,
  type CommandLine,
  type EventLine,
  FORMAT,
  type MessageLine,
  toRecorded,
} from './lines.ts';
import { differenceIn, type Plain, toPlain } from './plain.ts';
import { messagesOf, type Question, type RecordedEvent, type Step } from './step.ts';

export type HistoryLine = AggregateLine | CommandLine | EventLine;

/** A file of these lines. */
export function historyText(lines: readonly HistoryLine[]): string {
  const all = [{ format: FORMAT, lines: lines.length }, ...lines];
  return all.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** The histories of a decider's aggregates, sorted by these, so that another recording of the same has the same lines. */
export async function historyLines(topics: Topics, rules: AnyDecider): Promise<readonly HistoryLine[]> {
  const aggregates = new Map<string, RecordedAggregate>();
  for await (const step of stepsOf(topics, rules)) {
    const found = aggregates.get(step.aggregate) ?? new RecordedAggregate(topics.codec, rules);
    found.add(step);
    aggregates.set(step.aggregate, found);
  }
  const { group: decider, version } = rules;
  return [...aggregates.keys()]
    .toSorted()
    .flatMap((aggregate) => [
      { decider, version, aggregate },
      ...(aggregates.get(aggregate) as RecordedAggregate).lines,
    ]);
}

/** The lines of one aggregate, with what its events are folded into. */
class RecordedAggregate {
  readonly lines: (CommandLine | EventLine)[] = [];
  private readonly codec: MessageCodec;
  private readonly rules: AnyDecider;
  private state: unknown;
  private kept: Plain | undefined;

  constructor(codec: MessageCodec, rules: AnyDecider) {
    this.codec = codec;
    this.rules = rules;
    this.state = rules.initial;
  }

  add({ question, events }: Step): void {
    if (question) this.lines.push(this.command(question));
    for (const event of events) this.lines.push(this.event(event));
  }

  private command({ command, rule }: Question): CommandLine {
    const { type, ...message } = this.message(this.rules.commands, command.record);
    return { command: type, ...(rule !== 'decide' && { rule }), ...message };
  }

  private event({ opened }: RecordedEvent): EventLine {
    this.state = messagesOf(opened).reduce((state, part) => evolve(this.rules, state, part), this.state);
    const state = toPlain(this.state);
    const isKept = this.kept !== undefined && differenceIn(this.kept, state) === undefined;
    this.kept = state;
    const { type, ...message } = this.message(this.rules.events, opened.record);
    return { event: type, ...message, ...(!isKept && { state }) };
  }

  /** As it was written, with the last version of its type. */
  private message(contract: Contract, record: ConsumedRecord): MessageLine & { readonly type: string } {
    const { type, data } = this.codec.decode(record.value);
    const schema = messageTypes(contract).find((each) => each.type === type)?.versions.length ?? 0;
    return { type, schema, metadata: toRecorded(toMetadata(record)), data: toPlain(data) };
  }
}
