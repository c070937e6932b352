import { OrderCancelled, OrderConfirmed, OrderRejected } from '@atelier/contracts';
import { describe, expect, it } from '@jest/globals';
import { renderOrderMail } from './order-mail.ts';

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

  it.each([
    [OrderRejected({ ...order, reason: 'out-of-stock' }), 'rejected: something you ordered is out of stock.'],
    [OrderRejected({ ...order, reason: 'broken' }), 'rejected: broken.'],
    [OrderCancelled({ ...order, reason: 'expired' }), 'cancelled: it could not be settled in time.'],
    [OrderCancelled({ ...order, reason: 'too late for me' }), 'cancelled: too late for me.'],
  ])('says how the order ended and why: %#', (event, told) => {
    const { subject, text, html } = renderOrderMail(event);
    expect(subject).toBe(`Order 3f2a91bc ${told.split(':')[0]}`);
    expect(text).toContain(`Your order is ${told}\n`);
    expect(html).toContain(`<p>Your order is ${told}</p>`);
  });

  it('shows what customers and catalogues wrote, and never runs it', () => {
    const sku = `<img src=x onerror="alert('1')">&`;
    const lines = [{ sku, quantity: 1, unitPrice: eur(1n) }];
    const { html, text } = renderOrderMail(OrderCancelled({ ...order, lines, reason: '<script>x</script>' }));
    expect(html).not.toMatch(/<(img|script)/);
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;');
    expect(text).toContain(sku);
  });
});
