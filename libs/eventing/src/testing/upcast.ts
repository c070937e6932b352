import { deepStrictEqual } from 'node:assert';
import { type AnyMessageType, type Contract, type Message, messageTypes, newest } from '../domain/index.ts';
import { avroType } from '../serde/avro.ts';

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

function refuseInvalid(contract: Contract, { type, data }: Message): void {
  const schema = typeOf(contract, type)?.versions.at(-1);
  if (!schema) throw new Error(`${contract.topic} has no ${type}, or no schema of it`);
  avroType(schema).isValid(data, {
    errorHook: (path: readonly string[], value: unknown) => {
      throw new Error(
        `${type}${path.map((step) => `.${step}`).join('')} is ${String(value)}, which its schema does not have`,
      );
    },
  });
}

const typeOf = (contract: Contract, name: string): AnyMessageType | undefined =>
  messageTypes(contract).find(({ type }) => type === name);

/** A copy that cannot be changed, of objects of the same realm: `structuredClone` makes those of another one under Jest. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozen)) as T;
  const entries = Object.entries(value).map(([name, each]) => [name, frozen(each as unknown)]);
  return Object.freeze(Object.fromEntries(entries)) as T;
}
