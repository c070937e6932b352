import { type AnyDecider, decide, evolve, type Message, type Received } from '@atelier/eventing/domain';
import { MessageCodec, type Opened } from '@atelier/eventing/serde';
import { systemClock } from '@atelier/eventing/time';
import { MemoryRegistry } from '../../libs/eventing/src/memory/memory-registry.ts';
import { refuseUnkept } from '../../libs/eventing/src/state/kept-state.ts';
import { differenceIn, toPlain } from './plain.ts';
import { messagesOf, type Question, type RecordedEvent, type Step } from './step.ts';

/** What came of a command or an event, or the sentence why nothing does. */
export type Outcome =
  | { readonly kind: 'answer'; readonly events: readonly Pick<Message, 'type' | 'data'>[] }
  | { readonly kind: 'state'; readonly state: unknown }
  | { readonly kind: 'failed'; readonly why: string };

/** The first step of an aggregate that the rules of today take differently. */
export interface Difference {
  readonly decider: string;
  readonly aggregate: string;
  /** The command that is decided, or the event that is folded. */
  readonly of: Opened;
  readonly before: unknown;
  /** Undefined where nobody has kept it, as states in topics. */
  readonly recorded: Outcome | undefined;
  readonly now: Outcome;
}

export interface Counts {
  readonly aggregates: number;
  /** Commands that were decided again. */
  readonly decided: number;
  /** Events that were folded. */
  readonly folded: number;
}

/** Takes the recorded steps of a decider's aggregates, and compares them with what its rules would do today. */
export class DeciderCheck {
  readonly differences: Difference[] = [];
  private readonly rules: AnyDecider;
  private readonly written: WrittenAnswers;
  private readonly states = new Map<string, unknown>();
  private readonly differing = new Set<string>();
  private decided = 0;
  private folded = 0;

  constructor(rules: AnyDecider) {
    this.rules = rules;
    this.written = new WrittenAnswers(rules);
  }

  get counts(): Counts {
    return { aggregates: this.states.size, decided: this.decided, folded: this.folded };
  }

  /** The steps of one aggregate in their order. After the first difference of an aggregate its other steps tell nothing more. */
  async take({ aggregate, question, events }: Step): Promise<void> {
    if (this.differing.has(aggregate)) return;
    const before = this.states.has(aggregate) ? this.states.get(aggregate) : this.rules.initial;
    this.states.set(aggregate, before);
    const difference =
      (question && (await this.decide(aggregate, question, events))) ?? this.fold(aggregate, events);
    if (!difference) return;
    this.differing.add(aggregate);
    this.differences.push(difference);
  }

  private async decide(
    aggregate: string,
    question: Question,
    events: readonly RecordedEvent[],
  ): Promise<Difference | undefined> {
    this.decided++;
    const before = this.states.get(aggregate);
    // An event that cannot be read is found when it is folded.
    if (events.some(({ opened }) => 'error' in opened)) return undefined;
    const recorded = answer(events.flatMap(({ opened }) => messagesOf(opened)));
    const now = await this.answer(question, before);
    return this.compared(aggregate, question.command, before, recorded, now);
  }

  private async answer({ command, rule }: Question, before: unknown): Promise<Outcome> {
    try {
      const asked = onlyOne(messagesOf(command));
      return answer(await this.written.asRead(this.ask(rule, asked, before)));
    } catch (error) {
      return failed(error);
    }
  }

  private ask(rule: Question['rule'], command: Received, state: unknown): readonly Message[] {
    if (rule === 'decide') return decide(this.rules, command, state);
    return this.rules.refuseReusedKey ? [this.rules.refuseReusedKey(command, state)] : [];
  }

  private fold(aggregate: string, events: readonly RecordedEvent[]): Difference | undefined {
    for (const { opened, kept } of events) {
      const before = this.states.get(aggregate);
      const now = this.folding(aggregate, opened, before);
      const difference = this.compared(aggregate, opened, before, kept && { kind: 'state', ...kept }, now);
      if (difference) return difference;
      this.folded++;
      if (now.kind === 'state') this.states.set(aggregate, now.state);
    }
    return undefined;
  }

  private folding(aggregate: string, event: Opened, before: unknown): Outcome {
    try {
      const state = messagesOf(event).reduce((current, part) => evolve(this.rules, current, part), before);
      refuseUnkept(this.rules.group, aggregate, state);
      return { kind: 'state', state };
    } catch (error) {
      return failed(error);
    }
  }

  private compared(
    aggregate: string,
    of: Opened,
    before: unknown,
    recorded: Outcome | undefined,
    now: Outcome,
  ): Difference | undefined {
    const isSame = recorded
      ? differenceIn(toPlain(recorded), toPlain(now)) === undefined
      : now.kind !== 'failed';
    return isSame ? undefined : { decider: this.rules.group, aggregate, of, before, recorded, now };
  }
}

/** Events as they are read once they are written: with the fields of their schemas, and of current types. */
class WrittenAnswers {
  private readonly codec: MessageCodec;

  constructor({ events }: AnyDecider) {
    this.codec = new MessageCodec(new MemoryRegistry(), [events], systemClock);
  }

  async asRead(events: readonly Message[]): Promise<readonly Message[]> {
    await this.codec.ready();
    const values = events.map((event) => this.codec.encode(event));
    await this.codec.prepare(values);
    return values.flatMap((value) => this.codec.read(value).parts.map(({ message }) => message));
  }
}

function onlyOne(commands: readonly Received[]): Received {
  const [command, another] = commands;
  if (command && !another) return command;
  throw new Error(`The command is upcast to ${commands.map(({ type }) => type).join(' and ')}, not to one`);
}

const answer = (events: readonly Message[]): Outcome => ({
  kind: 'answer',
  events: events.map(({ type, data }) => ({ type, data })),
});

const failed = (error: unknown): Outcome => {
  const { name, message } = error as Error;
  return { kind: 'failed', why: `${name}: ${message}` };
};
