import { duplicated, lost, other, type ViolationOf, type Wording } from '../violation.ts';

/** What can be wrong with orders and stock, by what the platform says of itself. */
export interface ConservationKinds {
  'order-accepted-only': { order: string };
  'order-not-settled': { order: string };
  'order-settled-again': { order: string; outcomes: readonly string[] };
  'some-order-placed-again': object;
  'row-without-order': { order: string };
  'row-of-another-status': { order: string; status: string | undefined; shown: string | undefined };
  'mail-missing': { order: string };
  'mail-of-another-event': { order: string; messageId: string; outcome: string };
  'on-hand-wrong': { sku: string; received: number; shipped: number; onHand: number };
  'reserved-wrong': { sku: string; held: number; reserved: number };
  'released-too-much': { sku: string };
  'line-not-shipped': { order: string; sku: string; shipped: number; quantity: number };
  'stock-kept': { order: string; sku: string; quantity: number };
  'shipped-unconfirmed': { order: string; sku: string; quantity: number };
}

export type ConservationViolation = ViolationOf<ConservationKinds>;

export const conservationWording: Wording<ConservationKinds> = {
  'order-accepted-only': lost(({ order }) => `${order}: accepted, but not placed`),
  'order-not-settled': lost(({ order }) => `${order}: not settled`),
  'order-settled-again': duplicated(
    ({ order, outcomes }) => `${order}: settled ${outcomes.length} times: ${outcomes.join(', ')}`,
  ),
  'some-order-placed-again': duplicated(() => 'an order was placed twice'),
  'row-without-order': other(({ order }) => `${order}: only a row`),
  'row-of-another-status': other(
    ({ order, status, shown }) => `${order}: ${status}, but its row says ${shown}`,
  ),
  'mail-missing': lost(({ order }) => `${order}: no e-mail`),
  'mail-of-another-event': other(
    ({ order, messageId, outcome }) =>
      `${order}: the Message-ID ${messageId} is not of its outcome ${outcome}`,
  ),
  'on-hand-wrong': other(
    ({ sku, received, shipped, onHand }) =>
      `${sku}: ${received} received, ${shipped} shipped, but ${onHand} on hand`,
  ),
  'reserved-wrong': other(
    ({ sku, held, reserved }) => `${sku}: ${held} held for orders, but ${reserved} reserved`,
  ),
  'released-too-much': other(({ sku }) => `${sku}: more let go than was held`),
  'line-not-shipped': other(
    ({ order, sku, shipped, quantity }) => `${order}: ${shipped} of ${quantity} ${sku} shipped`,
  ),
  'stock-kept': other(({ order, sku, quantity }) => `${order}: settled, but holds ${quantity} ${sku}`),
  'shipped-unconfirmed': other(
    ({ order, sku, quantity }) => `${order}: not confirmed, but ${quantity} ${sku} shipped`,
  ),
};

export const textOf = (violation: ConservationViolation): string => say(violation);

const say = <Kind extends keyof ConservationKinds>(
  violation: { readonly kind: Kind } & Readonly<ConservationKinds[Kind]>,
) => conservationWording[violation.kind].text(violation);
