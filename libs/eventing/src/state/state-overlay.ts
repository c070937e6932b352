import { refuseUnkept } from './kept-state.ts';

/** One aggregate as its events have made it; version 0 before the first. */
export interface Aggregate {
  readonly state: unknown;
  readonly version: number;
}

/** What is remembered of a command that was handled. */
export interface HandledCommand {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  readonly requestHash: string;
}

/** Reads of committed state. */
export interface StateReads {
  aggregate(key: string): Aggregate | undefined;
  handled(commandId: string): HandledCommand | undefined;
}

/** Changes on top of the committed state, kept apart until their transaction is committed, or dropped with it. */
export class StateOverlay {
  readonly aggregates = new Map<string, Aggregate>();
  readonly commands = new Map<string, HandledCommand>();
  private readonly base: StateReads;
  private readonly initial: unknown;
  private readonly group: string;

  /** `group`: whose states these are, for those who read errors. */
  constructor(base: StateReads, initial: unknown, group: string) {
    this.base = base;
    this.initial = initial;
    this.group = group;
  }

  /** Aggregates and commands that are changed. */
  get size(): number {
    return this.aggregates.size + this.commands.size;
  }

  /** Takes the changes of an overlay that was made on top of this one. */
  add({ aggregates, commands }: StateOverlay): void {
    for (const [key, aggregate] of aggregates) this.aggregates.set(key, aggregate);
    for (const [id, command] of commands) this.commands.set(id, command);
  }

  aggregate(key: string): Aggregate {
    return this.aggregates.get(key) ?? this.base.aggregate(key) ?? { state: this.initial, version: 0 };
  }

  /** Throws HaltError, before anything is published, for a state that the store would not give back as it is. */
  set(key: string, aggregate: Aggregate): void {
    refuseUnkept(this.group, key, aggregate.state);
    this.aggregates.set(key, aggregate);
  }

  handled(commandId: string): HandledCommand | undefined {
    return this.commands.get(commandId) ?? this.base.handled(commandId);
  }

  /** The first request under an id stays what it is known by; another one's refusal is remembered beside it. */
  remember(commandId: string, command: HandledCommand): void {
    const first = this.handled(commandId);
    const isFirst = !first || first.requestHash === command.requestHash;
    this.commands.set(isFirst ? commandId : reuseOf(commandId, command.requestHash), command);
  }

  /** Whether an id that was used for another request was refused to this one before. */
  refusedReuse(commandId: string, requestHash: string): boolean {
    return this.handled(reuseOf(commandId, requestHash)) !== undefined;
  }
}

const reuseOf = (commandId: string, requestHash: string) => `${commandId} ${requestHash}`;
