import { OrderCancelled, OrderConfirmed, OrderRejected } from '@atelier/contracts';
import { describe, expect, it } from '@jest/globals';
import { renderOrderMail, type SettledOrder } from './order-mail.ts';

const eur = (amount: bigint) => ({ amount, currency: 'EUR' });
const order = {
  orderId: '3f2a91bc-0000-5000-8000-000000000001',
  customerId: 'alice',
  email: 'alice@example.com',
  lines: [
    { sku: 'cup', quantity: 2, unitPrice: eur(450n) },
    { sku: 'teapot', quantity: 10, unitPrice: eur(12_990n) },
  ],
  total: eur(130_800n),
};

const cancelled = (reason: string, cancelledBy: string | null) =>
  OrderCancelled({ ...order, reason, cancelledBy });

describe('the mail about an order', () => {
  it('goes to the customer and says which order', () => {
    const { to, subject } = renderOrderMail(OrderConfirmed(order));
    expect({ to, subject }).toEqual({ to: 'alice@example.com', subject: 'Order 3f2a91bc confirmed' });
  });

  it('lists lines and total as text', () => {
    expect(renderOrderMail(OrderConfirmed(order)).text).toBe(
      [
        'Your order is confirmed.',
        '',
        'Product  Quantity  Unit price      Total',
        'cup             2       €4.50      €9.00',
        'teapot         10     €129.90  €1,299.00',
        '',
        'Total: €1,308.00',
        '',
        'Order 3f2a91bc-0000-5000-8000-000000000001',
        '',
      ].join('\n'),
    );
  });

  it('lists lines and total as HTML', () => {
    const { html } = renderOrderMail(OrderConfirmed(order));
    const cells = [...html.matchAll(/<t[hd][^>]*>([^<]*)</g)].map(([, cell]) => cell);
    expect(cells).toEqual([
      ...['Product', 'Quantity', 'Unit price', 'Total'],
      ...['cup', '2', '€4.50', '€9.00'],
      ...['teapot', '10', '€129.90', '€1,299.00'],
      ...['Total', '€1,308.00'],
    ]);
  });

  it.each<[SettledOrder, string, string?]>([
    [OrderRejected({ ...order, reason: 'out-of-stock' }), 'rejected: something you ordered is out of stock.'],
    [OrderRejected({ ...order, reason: 'broken' }), 'rejected: broken.'],
    [cancelled('expired', 'platform'), 'cancelled: it could not be settled in time.'],
    [cancelled('too late for me', 'customer'), 'cancelled, as you asked.', 'You wrote: too late for me'],
    [cancelled('too late for me', null), 'cancelled.', 'Reason: too late for me'],
  ])('says how the order ended and why: %#', (event, told, ...words) => {
    const { subject, text, html } = renderOrderMail(event);
    expect(subject).toBe(`Order 3f2a91bc ${told.split(/[:,.]/)[0]}`);
    const lines = [`Your order is ${told}`, ...words];
    expect(text).toContain(`${lines.join('\n')}\n\n`);
    expect(html).toContain(`${lines.map((line) => `<p>${line}</p>`).join('\n')}\n<table`);
  });

  it.each([
    'constructor',
    '__proto__',
    'toString',
    'expired',
    'out-of-stock',
    'no”. Your refund is 500 euros. “',
  ])("has a customer's reason on a line of its own, as it was written: %s", (reason) => {
    const { text, html } = renderOrderMail(cancelled(reason, 'customer'));
    const told = ['Your order is cancelled, as you asked.', `You wrote: ${reason}`];
    expect(text.split('\n').slice(0, 3)).toEqual([...told, '']);
    expect(html).toContain(told.map((line) => `<p>${line}</p>`).join('\n'));
  });

  it("keeps a customer's reason on its line", () => {
    const { text } = renderOrderMail(cancelled('no\r\n\r\nTotal: €0.00', 'customer'));
    expect(text.split('\n').slice(1, 3)).toEqual(['You wrote: no Total: €0.00', '']);
  });

  it.each(['constructor', '__proto__', 'toString'])('shows a reason of a service as it is: %s', (reason) => {
    const { text } = renderOrderMail(OrderRejected({ ...order, reason }));
    expect(text.split('\n')[0]).toBe(`Your order is rejected: ${reason}.`);
  });

  it('shows what customers and catalogues wrote, and never runs it', () => {
    const sku = `<img src=x onerror="alert('1')">&`;
    const lines = [{ sku, quantity: 1, unitPrice: eur(1n) }];
    const { data } = cancelled('<script>x</script>', 'customer');
    const { html, text } = renderOrderMail(OrderCancelled({ ...data, lines }));
    expect(html).not.toMatch(/<(img|script)/);
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;');
    expect(text).toContain(sku);
  });
});
