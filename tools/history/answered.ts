import type { Metadata } from '@atelier/eventing/domain';
import type { Opened } from '@atelier/eventing/serde';
import type { Question, Step } from './step.ts';

/** A command of one partition that was handled, and not given up. */
export interface HandledCommand {
  readonly aggregate: string;
  readonly id: string;
  readonly requestHash: string | undefined;
  readonly opened: Opened;
}

/** Events of one aggregate that have one cause, as they follow each other in the log. */
export interface Decision {
  readonly metadata: Metadata;
  readonly events: readonly Opened[];
}

/** What was decided first under an id. */
interface First {
  readonly requestHash: string | undefined;
  readonly time: number;
}

/**
 * Matches the commands of one partition with the events that answered them, as the order of the events has it: an event names its
 * command as its cause, and an aggregate's commands are handled in their order. What is passed over in between said nothing, or was a
 * repeat, which no rule is asked about.
 */
export class AnsweredCommands {
  private readonly waiting: ReadonlyMap<string, HandledCommand[]>;
  private readonly ids: ReadonlySet<string>;
  private readonly first = new Map<string, First>();
  private readonly rememberMs: number;

  /** `rememberMs`: for so long the ids of handled commands are remembered at least. */
  constructor(commands: readonly HandledCommand[], rememberMs: number) {
    this.waiting = Map.groupBy(commands, ({ aggregate }) => aggregate);
    this.ids = new Set(commands.map(({ id }) => id));
    this.rememberMs = rememberMs;
  }

  /** The steps of the aggregate up to this decision; the decisions of the partition are to come in their order. */
  *until({ metadata, events }: Decision): Generator<Step> {
    const { subject: aggregate, causationId, requestHash } = metadata;
    const queue = this.waiting.get(aggregate) ?? [];
    const at = queue.findIndex(
      (command) => command.id === causationId && command.requestHash === requestHash,
    );
    const passed = queue.splice(0, at + 1);
    const command = passed.pop();
    yield* this.silent(passed);
    const question = command && this.question(command.opened, metadata);
    if (causationId !== undefined) this.remember(causationId, metadata);
    yield { aggregate, question, events: events.map((opened) => ({ opened })) };
  }

  /** The steps behind the last decision. */
  *rest(): Generator<Step> {
    for (const commands of this.waiting.values()) yield* this.silent(commands);
  }

  private *silent(commands: readonly HandledCommand[]): Generator<Step> {
    for (const { aggregate, id, opened } of commands)
      if (!this.first.has(id)) yield { aggregate, question: { command: opened, rule: 'decide' }, events: [] };
  }

  /** Undefined where the first request under this id may be forgotten, or not yet. */
  private question(command: Opened, { causationId = '', requestHash, time }: Metadata): Question | undefined {
    const first = this.first.get(causationId);
    if (!first || first.requestHash === requestHash) return { command, rule: 'decide' };
    return time - first.time < this.rememberMs ? { command, rule: 'refuseReusedKey' } : undefined;
  }

  private remember(id: string, { requestHash, time }: Metadata): void {
    const first = this.first.get(id);
    if (!this.ids.has(id) || (first && first.requestHash !== requestHash)) return;
    this.first.set(id, { requestHash, time });
  }
}
