import type { Contract, FormerIn, MessageIn, Named } from './contract.ts';
import type { Message, Received } from './message.ts';
import type { GroupName } from './topic.ts';
import { RuleMissing } from './errors.ts';

/**
 * The events that answer a command: one, several, or none when the command changes and says nothing. They may be of a former type, as
 * long as there are readers that know no newer one: `evolve` sees what it has become.
 */
export type Decision<Events extends Contract> = Decided<Events> | readonly Decided<Events>[];
type Decided<Events extends Contract> = MessageIn<Events> | FormerIn<Events>;

/**
 * What the events of one aggregate come to: the half of a decider that those need, too, who decide nothing and show what was. It may
 * stand apart from the rules, so that there is one of it.
 */
export interface Fold<State, Events extends Contract> {
  /** The decider's consumer group, and first part of its transactional ids. */
  readonly group: GroupName;
  readonly events: Events;
  /**
   * Raise it when `evolve` changes: stored state of another version is rebuilt from the events. `expectSameFold` of
   * `@atelier/eventing/testing` in its spec says when.
   */
  readonly version: number;
  readonly initial: State;
  readonly evolve: {
    readonly [Name in keyof Events['types']]: (state: State, event: Received<Named<Events, Name>>) => State;
  };
}

/**
 * A decider: the rules of one aggregate, as pure functions of a command and a state
 * (J. Chassaing, "Functional Event Sourcing Decider", 2021). Time and ids arrive in the metadata.
 */
export interface Decider<State, Commands extends Contract, Events extends Contract> extends Fold<
  State,
  Events
> {
  readonly commands: Commands;
  readonly decide: {
    readonly [Name in keyof Commands['types']]: (
      command: Received<Named<Commands, Name>>,
      state: State,
    ) => Decision<Events>;
  };
  /**
   * The refusal for a command whose id was handled before with another request hash: an Idempotency-Key
   * that was used twice for different requests. Without it such a command is ignored like any repeat.
   */
  readonly refuseReusedKey?: (command: Received<MessageIn<Commands>>, state: State) => MessageIn<Events>;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- the parameters of rules are known only to their own decider */
type AnyRule = (command: any, state: any) => Message | readonly Message[];
type AnyEvolve = (state: any, event: any) => unknown;

/** A fold of any aggregate. */
export interface AnyFold {
  readonly group: string;
  readonly events: Contract;
  readonly version: number;
  readonly initial: unknown;
  readonly evolve: { readonly [event: string]: AnyEvolve };
}

/** A decider of any aggregate, as the engine runs it. */
export interface AnyDecider extends AnyFold {
  readonly commands: Contract;
  readonly decide: { readonly [command: string]: AnyRule };
  readonly refuseReusedKey?: (command: any, state: any) => Message;
}
/* eslint-enable @typescript-eslint/no-explicit-any */

/**
 * Declares a decider. Called twice, so that the state is named and the rest inferred:
 * `decider<Order>()({ group, commands, events, version, initial, decide, evolve })`.
 * A command without a rule, or an event that does not change the state and does not say so, does not compile.
 */
export function decider<State>() {
  return <Commands extends Contract, Events extends Contract>(rules: Decider<State, Commands, Events>) =>
    Object.freeze(rules);
}

/** Declares a fold that stands apart from its rules, called twice like `decider`, which takes it: `decider<Order>()({ ...orderFold, … })`. */
export function fold<State>() {
  return <Events extends Contract>(rules: Fold<State, Events>) => Object.freeze(rules);
}

/** Applies the rule for this command, whatever its type. */
export function decide(rules: AnyDecider, command: Received, state: unknown): readonly Message[] {
  const rule = rules.decide[command.type];
  if (!rule) throw ruleMissing(rules, command.type, 'has no rule for the command');
  const decision = rule(command, state);
  return 'type' in decision ? [decision] : decision;
}

/** Folds one event into a state. An unknown type is a broken log, never something to skip. */
export function evolve(rules: AnyFold, state: unknown, event: Received): unknown {
  const evolved = rules.evolve[event.type];
  if (!evolved) throw ruleMissing(rules, event.type, 'cannot fold the unknown event');
  return evolved(state, event);
}

const ruleMissing = ({ group }: AnyFold, type: string, what: string) =>
  new RuleMissing(group, type, `${group} ${what} ${type}`);
