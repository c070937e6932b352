import { catalogue } from '@atelier/contracts';
import { describe, expect, it } from '@jest/globals';
import { asyncApiDocument, eventsOf } from './document.ts';
import { committed, generatedFiles } from './files.ts';
import { describeServices } from './services.ts';

const services = await describeServices();
const document = asyncApiDocument(eventsOf(services));
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a document is looked at by its fields
const operations = Object.values(document.operations) as any[];
const receives = (group: string) =>
  operations.find(({ action, title }) => action === 'receive' && title === group);
const namesIn = (operation: { messages: { $ref: string }[] }) =>
  operation.messages.map(({ $ref }) => $ref.split('/').at(-1));

describe('the AsyncAPI document', () => {
  it('has every topic of the catalogue, as a channel or beside the group that it belongs to', () => {
    const beside = operations.flatMap((operation) => operation['x-handler']?.sideTopics ?? []);
    const topics = [...Object.keys(document.channels), ...beside];
    expect(topics.sort()).toEqual(catalogue.topics.map(({ name }) => name).sort());
  });

  it('has every group of the catalogue, with its guarantee and what follows a failure', () => {
    const groups = new Set(operations.flatMap(({ bindings }) => bindings?.kafka.groupId.enum ?? []));
    expect([...groups].sort()).toEqual(catalogue.groups.map(({ group }) => group).sort());
    expect(receives('notifications.order-mail')['x-handler']).toMatchObject({
      kind: 'effect',
      guarantee: 'at-least-once outside, once in Kafka, 8 keys at once',
      onFailure: expect.stringMatching(/^3 attempts at once, again after 1 s, .*, dead letter/),
    });
  });

  it('says which types a group takes, in every version, and that only the newest is written', () => {
    expect(namesIn(receives('notifications.order-mail'))).toEqual([
      'OrderCancelled',
      'OrderCancelled.v1',
      'OrderConfirmed',
      'OrderRejected',
    ]);
    const decider = operations.find(({ action, title }) => action === 'send' && title === 'orders.decider');
    expect(namesIn(decider)).toContain('OrderCancelled');
    expect(namesIn(decider)).not.toContain('OrderCancelled.v1');
    expect(document.components.schemas['OrderCancelled.v1']).not.toEqual(
      document.components.schemas['OrderCancelled.v2'],
    );
  });

  it('has former types with those who handle what they are read as', () => {
    expect(namesIn(receives('orders.expire-order'))).toEqual([
      'OrderSubmitted',
      'OrderPlaced',
      'OrderPlaced.v2',
      'OrderPlaced.v1',
    ]);
  });

  it('asks of a command no header but its id: whoever writes one may leave out the others (all were required)', () => {
    const { messages, messageTraits } = document.components;
    const required = (name: string) => {
      const [{ $ref } = { $ref: '' }] = messages[name]?.traits ?? [];
      const trait = Object.entries(messageTraits).find(([key]) => $ref.endsWith(`/${key}`));
      return trait?.[1].headers.required;
    };
    expect(required('PlaceOrder')).toEqual(['ce_id']);
    expect(required('OrderSubmitted')).toContain('ce_time');
  });

  it('is not written where nobody is asked for a group', () => {
    const without = services.filter(({ service }) => service !== 'orders');
    expect(() => eventsOf(without)).toThrow(
      'The catalogue has the group orders.decider, and no service is asked for it: add the module of orders to tools/events/services.ts',
    );
  });
});

describe('what is written of commands and events', () => {
  const files = generatedFiles(services);

  it.each([...files])('is what contracts, catalogue and handlers say: %s', (path, text) => {
    if (committed(path) !== text) throw new Error(`${path} is out of date: npm run docs:events`);
  });
});
