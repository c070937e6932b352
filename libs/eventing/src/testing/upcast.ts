import { deepStrictEqual } from 'node:assert';
import { type Contract, type Message, newest } from '../domain/index.ts';
import { frozen, strangeIn } from '../serde/evolution/upcast-trial.ts';

/**
 * Given / then for upcasters: `upcast(OrdersEvents, OrderPlaced({ ... })).gives(OrderOpened({ ... }))`, or several, in their order.
 * Throws when something else comes of the message, when what its schema says of it, or of what is given, is not so, and when the
 * upcaster changes what it was given.
 */
export function upcast(contract: Contract, old: Message) {
  return {
    gives: (...expected: readonly Message[]): void => {
      refuseInvalid(contract, old);
      const given = newest(contract, frozen({ type: old.type, data: old.data } as Message));
      deepStrictEqual(given.map(plain), expected.map(plain));
      for (const each of given) refuseInvalid(contract, each);
    },
  };
}

const plain = ({ type, data }: Message) => ({ type, data });

function refuseInvalid(contract: Contract, message: Message): void {
  const strange = strangeIn(contract, message);
  if (strange !== undefined) throw new Error(`${strange}, which its schema does not have`);
}
