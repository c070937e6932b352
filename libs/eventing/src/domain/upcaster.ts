import type { AnyMessageType, Contract } from './contract.ts';
import { ConfigurationError, EventingError } from './errors.ts';
import type { Message, MessageOf } from './message.ts';

/**
 * Turns messages of a type that was written once into what they are now: for changes that Avro cannot resolve, such as a field
 * that was split, or a unit that is another (G. Young, "Versioning in an Event Sourced System", 2017). `upcast` is pure.
 */
export interface Upcaster<Old extends AnyMessageType = AnyMessageType> {
  readonly from: Old;
  /** What it may give: types of the same topic, current ones or such as another upcaster is for. */
  readonly to: readonly AnyMessageType[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the message of `from`: its parameters must not say which
  readonly upcast: (old: any) => Message | readonly Message[];
  /** The file and the line that declare it, for people. */
  readonly where: string;
}

/**
 * Declares an upcaster: `upcaster(OrderPlaced, OrderOpened, ({ data }) => OrderOpened({ ... }))`. It gives one message, or several in
 * their order, of the types in `to`, with the key of the old one.
 */
export function upcaster<Old extends AnyMessageType, New extends AnyMessageType>(
  from: Old,
  to: New | readonly New[],
  upcast: (old: MessageOf<Old>) => MessageOf<New> | readonly MessageOf<New>[],
): Upcaster<Old> {
  const types = typeof to === 'function' ? [to] : to;
  return Object.freeze({ from, to: types, upcast, where: callerIn(new Error().stack) });
}

/** An upcaster that throws, or that gives what it must not: no attempt at that message will succeed until it is mended. */
export class UpcastFailed extends EventingError {
  /** Which one did what, without what to do. */
  readonly failure: string;

  constructor({ from, where }: Upcaster, what: string, cause?: unknown) {
    const type = from.type as string;
    const failure = `The upcaster of ${type} (${where}) ${what}`;
    const message = `${failure}: mend it and deploy, then redrive what was set aside`;
    super('UPCAST_FAILED', message, { fields: { type, where }, cause });
    this.failure = failure;
  }
}

/** Every type of message that a topic has, or once had. */
export const messageTypes = ({ types, upcasters }: Contract): readonly AnyMessageType[] => [
  ...Object.values(types),
  ...upcasters.map(({ from }) => from),
];

/** One of the messages that another has become. */
export interface Part {
  readonly message: Message;
  /**
   * What tells it from the others, whatever else an upcaster gives one day: its type, and which of its type it is, at each upcaster
   * that gave several. Empty for the first, which goes on as what was before there were upcasters.
   */
  readonly path: string;
}

/** What a message is now, as `newest` says, each with what tells it from the others. */
export function partsOf(contract: Contract, message: Message, path = ''): readonly Part[] {
  const found = contract.upcasters.find(({ from }) => from.type === message.type);
  if (!found) return [{ message, path }];
  return upcastBy(found, message).flatMap((next, at, given) => {
    const before = given.slice(0, at).filter(({ type }) => type === next.type).length;
    return partsOf(contract, next, at === 0 ? path : `${path}/${next.type}/${before}`);
  });
}

/**
 * What a message is now: itself, or what the upcasters of its contract make of it, one after the other. Never empty. Throws
 * UpcastFailed.
 */
export const newest = (contract: Contract, message: Message): readonly Message[] =>
  partsOf(contract, message).map((part) => part.message);

/** The names of the current types that messages of this type may come to. */
export function newestTypes(contract: Contract, type: string): readonly string[] {
  const found = contract.upcasters.find(({ from }) => from.type === type);
  if (!found) return [type];
  return [...new Set(found.to.flatMap((next) => newestTypes(contract, next.type as string)))];
}

/** What one upcaster gives, never nothing. Throws UpcastFailed. */
export function upcastBy(found: Upcaster, message: Message): readonly Message[] {
  const given = [called(found, message)].flat();
  if (given.length === 0) throw new UpcastFailed(found, 'gave nothing');
  for (const each of given) refuseStranger(found, message, each);
  return given;
}

function called(found: Upcaster, message: Message): Message | readonly Message[] {
  try {
    return found.upcast(message);
  } catch (cause) {
    throw new UpcastFailed(found, `threw ${(cause as Error).message}`, cause);
  }
}

/** Who folds and who parks goes by the record's key. */
function refuseStranger(found: Upcaster, old: Message, given: Message): void {
  const type = found.to.find((candidate) => candidate.type === given.type);
  if (!type) throw new UpcastFailed(found, `gave ${given.type}, which it does not declare`);
  const [before, after] = [keyIn(old, found.from), keyIn(given, type)];
  if (before !== after) throw new UpcastFailed(found, `gave ${given.type} of ${after} for one of ${before}`);
}

const keyIn = ({ data }: Message, { key }: AnyMessageType) => String((data as Record<string, unknown>)[key]);

/** Throws a sentence unless each chain of upcasters ends at a type of the topic. */
export function refuseBrokenChains({ topic, types, upcasters }: Contract): void {
  for (const each of upcasters) {
    const { from, to, where } = each;
    const name = from.type as string;
    const refuse = (what: string) =>
      new ConfigurationError('UPCASTER_REFUSED', `The upcaster of ${name} (${where}) ${what}`, {
        fields: { type: name, where },
      });
    const twin = upcasters.find((other) => other !== each && other.from.type === name);
    if (twin) throw refuse(`is one of two, the other is at ${twin.where}: keep one`);
    if (name in types)
      throw refuse(
        `is of a type that ${topic} still has: take it out of the contract's types, or drop the upcaster`,
      );
    const stranger = [from, ...to].find((type) => type.topic !== topic);
    if (stranger)
      throw refuse(
        `names ${stranger.type as string} of ${stranger.topic}: a message stays on its topic, ${topic}`,
      );
    if (to.length === 0) throw refuse('gives nothing: name the types that it gives');
    const missing = to.find(({ type }) => !isThere({ types, upcasters }, type as string));
    if (missing)
      throw refuse(
        `gives ${missing.type as string}, which ${topic} does not have, and no upcaster goes on from there: add one, or the type`,
      );
    if (returns(upcasters, name)) throw refuse('comes back to where it began: each chain has to end');
  }
}

const isThere = ({ types, upcasters }: Pick<Contract, 'types' | 'upcasters'>, name: string) =>
  name in types || upcasters.some(({ from }) => from.type === name);

function returns(upcasters: readonly Upcaster[], name: string): boolean {
  const seen = new Set<unknown>();
  const reached = (type: unknown): boolean => {
    if (seen.has(type)) return false;
    seen.add(type);
    const to = upcasters.find(({ from }) => from.type === type)?.to ?? [];
    return to.some((next) => next.type === name || reached(next.type));
  };
  return reached(name);
}

/** Where the function that has this stack was called: `src/upcasters.ts:12`. */
function callerIn(stack = ''): string {
  const [, , caller = ''] = stack.split('\n');
  const [, place] = /([^\s(]+:\d+):\d+\)?$/.exec(caller) ?? [];
  return (
    place?.replace(/^file:\/\//, '').replace(/^.*\/(?=(?:[^/]+\/){2}[^/]+$)/, '') ?? 'where is not known'
  );
}
