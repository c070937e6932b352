import { readFile } from 'node:fs/promises';

interface AsyncApi {
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly title: string;
        readonly messages: readonly { readonly $ref: string }[];
        readonly 'x-handler'?: { readonly kind: string };
      }
    >
  >;
}

/** Which types of message an effect acts on, by its group: as the services say it, in the AsyncAPI document. */
export type Effects = ReadonlyMap<string, ReadonlySet<string>>;

export async function effectsIn(document: URL): Promise<Effects> {
  const { operations } = JSON.parse(await readFile(document, 'utf8')) as AsyncApi;
  const effects = Object.values(operations).filter((operation) => operation['x-handler']?.kind === 'effect');
  return new Map(
    effects.map(({ title, messages }) => [title, new Set(messages.map(({ $ref }) => typeOf($ref)))]),
  );
}

/** Of `#/channels/orders.events/messages/OrderCancelled.v1`: OrderCancelled. */
const typeOf = (ref: string) => (ref.split('/').at(-1) ?? '').replace(/\.v\d+$/, '');
