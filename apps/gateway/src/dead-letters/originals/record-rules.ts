import { isAmount, isCurrency, LARGEST_AMOUNT, type Money, type PlaceOrder, sumOf } from '@atelier/contracts';
import { amountExpected, currencyExpected } from '../../http/fields.ts';
import { DoesNotFit, type RecordRule, type RecordRules } from './avro-json.ts';

/** What deciders refuse, and what no door may let in: by the full name of the record. Throws DoesNotFit. */
export const recordRules: RecordRules = new Map<string, RecordRule>([
  ['atelier.Money', refuseOddMoney],
  ['atelier.orders.PlaceOrder', refuseTooMuch],
]);

function refuseOddMoney({ amount, currency }: Money, path: string): void {
  if (!isAmount(amount)) throw new DoesNotFit(`${path}/amount`, amountExpected);
  if (!isCurrency(currency)) throw new DoesNotFit(`${path}/currency`, currencyExpected);
}

function refuseTooMuch({ lines }: PlaceOrder['data'], path: string): void {
  if (!isAmount(sumOf(lines)))
    throw new DoesNotFit(`${path}/lines`, `must not come to more than ${LARGEST_AMOUNT} minor units`);
}
