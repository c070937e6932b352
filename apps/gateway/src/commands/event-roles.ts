import type { AnyCommand } from '@atelier/contracts';
import type { CommittedEvent, ShownEvent } from '../events/committed-event.ts';

/** What an event is to those who wait for it here. */
interface Role<Field extends PropertyKey = string> {
  /** The command of a client or an operator that it answers. */
  readonly answers?: AnyCommand['type'];
  /** Of an answer that refuses the command: the field that says why. */
  readonly refusal?: Field;
  /** Its order changes no more. */
  readonly settles?: true;
}

/** Of every event of the platform: one that is added does not compile until it is in here. */
const roles = {
  OrderSubmitted: { answers: 'PlaceOrder' },
  OrderPlaced: { answers: 'PlaceOrder' },
  OrderPlacementRefused: { answers: 'PlaceOrder', refusal: 'reason' },
  OrderCancelled: { answers: 'CancelOrder', settles: true },
  OrderCancellationRefused: { answers: 'CancelOrder', refusal: 'reason' },
  OrderConfirmed: { settles: true },
  OrderRejected: { settles: true },
  OrderExpiryRefused: {},
  LineReserved: {},
  LineRefused: {},
  ReservationRecordingRefused: {},

  ProductAdded: { answers: 'AddProduct' },
  ProductAdditionRefused: { answers: 'AddProduct', refusal: 'reason' },
  StockReceived: { answers: 'ReceiveStock' },
  StockReceiptRefused: { answers: 'ReceiveStock', refusal: 'reason' },
  StockReserved: {},
  StockReservationRefused: {},
  StockReleased: {},
  StockShipped: {},
  StockShipmentRefused: {},

  RedriveRequested: { answers: 'RequestRedrive' },
  RedriveRefused: { answers: 'RequestRedrive', refusal: 'refusal' },
  DeadLetterDiscarded: { answers: 'DiscardDeadLetter' },
  DiscardRefused: { answers: 'DiscardDeadLetter', refusal: 'refusal' },
  DeadLetterRestored: { answers: 'RestoreDeadLetter' },
  RestoreRefused: { answers: 'RestoreDeadLetter', refusal: 'refusal' },
  DeadLetterReported: {},
  ReportIgnored: {},
  RedriveSent: {},
  RedriveNotSent: {},
  RedriveHandled: {},
  RedriveFailed: {},
  RecordingIgnored: {},

  RedriveJobStarted: { answers: 'StartRedriveJob' },
  RedriveJobStartRefused: { answers: 'StartRedriveJob', refusal: 'refusal' },
  RedriveJobCancelled: { answers: 'CancelRedriveJob' },
  RedriveJobCancellationRefused: { answers: 'CancelRedriveJob', refusal: 'refusal' },
  RedriveJobAdvanced: {},
  RedriveJobHalted: {},
  RedriveJobFinished: {},
  AdvanceIgnored: {},
  CanaryIgnored: {},

  TransactionEndRequested: { answers: 'EndTransaction' },
  TransactionEndRequestIgnored: { answers: 'EndTransaction' },
  TransactionEndRefused: { answers: 'EndTransaction', refusal: 'refusal' },
  HangingTransactionFound: {},
  TransactionEnded: {},
  TransactionNotEnded: {},
  TransactionRecordingIgnored: {},
  TransactionReportIgnored: {},
} as const satisfies { readonly [Event in ShownEvent as Event['type']]: Role<keyof Event['data']> };

type Roles = typeof roles;
type TypeThat<Does> = { [Type in keyof Roles]: Roles[Type] extends Does ? Type : never }[keyof Roles];

/** The events with which a decider answers this command. */
export type AnswerTo<Command extends AnyCommand> = Extract<
  ShownEvent,
  { readonly type: TypeThat<{ readonly answers: Command['type'] }> }
>;

/** Those of them that do as it says. */
export type AcceptanceOf<Command extends AnyCommand> = Exclude<
  AnswerTo<Command>,
  { readonly type: TypeThat<{ readonly refusal: string }> }
>;

/** None for a type of a newer release. */
const roleOf = (type: string): Role => (roles as Readonly<Record<string, Role>>)[type] ?? {};

export const isAnswerTo = (command: AnyCommand['type'], { type }: CommittedEvent): boolean =>
  roleOf(type).answers === command;

export const settles = ({ type }: CommittedEvent): boolean => roleOf(type).settles === true;

export const settlingTypes: readonly string[] = Object.keys(roles).filter((type) => roleOf(type).settles);

/** Why the command was refused; undefined when it was not. */
export function refusalIn({ type, data }: CommittedEvent): string | undefined {
  const { refusal } = roleOf(type);
  return refusal === undefined ? undefined : String(data[refusal as keyof typeof data]);
}

/** Whether this refuses an Idempotency-Key that was used before for another request. */
export const refusesReusedKey = (event: CommittedEvent): boolean =>
  refusalIn(event) === 'idempotency-key-reused';
