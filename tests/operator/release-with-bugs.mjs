import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * Preloaded into every process of a platform, so that each service is a release with a bug: it cannot handle messages of the
 * customers whose names stand in the file BUGS, at one place each. Where the file is empty the bugs are fixed. No TypeScript:
 * an older Node builds the platform with it, too.
 */
const places = {
  orders: async (dist) => {
    const { order } = await import(new URL('order.decider.js', dist));
    spoil(order.decide, 'PlaceOrder');
  },
  inventory: async (dist) => {
    const { ReserveStockPolicy } = await import(new URL('reserve-stock.policy.js', dist));
    spoil(ReserveStockPolicy.prototype, 'reserve');
  },
  projections: async (dist) => {
    const { OrdersProjection } = await import(new URL('orders/orders.projection.js', dist));
    spoil(OrdersProjection.prototype, 'confirmed');
  },
};

/** Deciders and policies are given one message first, projections several. */
function spoil(handlers, name) {
  const sound = handlers[name];
  if (!sound) throw new Error(`There is no ${name} to spoil`);
  handlers[name] = function (first, ...rest) {
    const customers = [first].flat().map(({ data }) => data.customer?.id ?? data.customerId);
    if (unlucky(name).some((customer) => customers.includes(customer)))
      throw new TypeError(`${name} has a bug`);
    return sound.call(this, first, ...rest);
  };
}

/** Lines are `<place> <customer>`. */
const unlucky = (place) =>
  readFileSync(process.env['BUGS'], 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([name]) => name === place)
    .map(([, customer]) => customer);

const main = process.argv[1] ?? '';
const service = /\/apps\/([\w-]+)\/dist\/main\.js$/.exec(main)?.[1];
await places[service]?.(new URL('./', pathToFileURL(main)));
