import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { OrderCancelled, OrderConfirmed } from '@atelier/contracts';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Mailer } from './mailer.ts';
import { renderOrderMail } from './order-mail.ts';

const from = 'Atelier <orders@atelier.example>';
const mailers: Mailer[] = [];
afterAll(() => mailers.forEach((mailer) => mailer.onApplicationShutdown()));

function mailerAt(smtpUrl: string): Mailer {
  const mailer = new Mailer({ smtpUrl, from });
  mailers.push(mailer);
  return mailer;
}

function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

const mail = renderOrderMail(
  OrderConfirmed({
    orderId: '3f2a91bc-0000-5000-8000-000000000001',
    customerId: 'zoë',
    email: 'zoe@example.com',
    lines: [{ sku: 'täßchen', quantity: 2, unitPrice: { amount: 450n, currency: 'EUR' } }],
    total: { amount: 900n, currency: 'EUR' },
  }),
);
const never = new AbortController().signal;

interface ReceivedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly envelope: { readonly to: readonly { readonly address: string }[] };
}

async function mailbox(messageId: string): Promise<readonly ReceivedMail[]> {
  const answer = await fetch(new URL('/email', given('MAIL_URL')));
  const mails = (await answer.json()) as readonly ReceivedMail[];
  return mails.filter(({ headers }) => headers['message-id'] === messageId);
}

/** The server shows a mail a moment after it took it over. */
async function arrived(messageId: string, count = 1): Promise<readonly ReceivedMail[]> {
  for (;;) {
    const mails = await mailbox(messageId);
    if (mails.length >= count) return mails;
  }
}

describe('the mailer, with a real server', () => {
  it('delivers text and HTML under the message id that it is given', async () => {
    const messageId = `<${randomUUID()}@atelier.example>`;
    await mailerAt(given('SMTP_URL')).send(mail, { messageId, signal: never });
    const [received] = await arrived(messageId);
    expect(received).toMatchObject({ subject: 'Order 3f2a91bc confirmed', headers: { from } });
    expect(received?.text.trim()).toBe(mail.text.trim());
    expect(received?.html.trim()).toBe(mail.html.trim());
    expect(received?.envelope.to.map(({ address }) => address)).toEqual(['zoe@example.com']);
  });

  it('delivers what an order cost as ISO 4217 has it, and the reason that its customer gave', async () => {
    const messageId = `<${randomUUID()}@atelier.example>`;
    const unitPrice = { amount: 12_345n, currency: 'HUF' };
    const cancelled = OrderCancelled({
      orderId: '3f2a91bc-0000-5000-8000-000000000002',
      customerId: 'zoë',
      email: 'zoe@example.com',
      lines: [{ sku: 'cup', quantity: 2, unitPrice }],
      total: { ...unitPrice, amount: 24_690n },
      reason: 'constructor',
      cancelledBy: 'customer',
    });
    await mailerAt(given('SMTP_URL')).send(renderOrderMail(cancelled), { messageId, signal: never });
    const [received] = await arrived(messageId);
    for (const body of [received?.text, received?.html]) {
      expect(body).toContain('You wrote: constructor');
      expect(body).toMatch(/HUF\s123\.45/);
      expect(body).toMatch(/HUF\s246\.90/);
    }
  });

  it.each([
    // As the server shows them, whichever way they were written to it.
    ['user@x.xn--p1ai', 'user@x.рф'],
    ['user@bücher.example', 'user@bücher.example'],
    ['a&b@example.org', 'a&b@example.org'],
    ['jörg@bücher.example', 'jörg@bücher.example'],
    ['用户@例子.广告', '用户@例子.广告'],
  ])('delivers to %s', async (to, recipient) => {
    const messageId = `<${randomUUID()}@atelier.example>`;
    await mailerAt(given('SMTP_URL')).send({ ...mail, to }, { messageId, signal: never });
    const [received] = await arrived(messageId);
    expect(received?.envelope.to.map(({ address }) => address)).toEqual([recipient]);
    expect(received?.text.trim()).toBe(mail.text.trim());
  });

  it('delivers many at once over its few connections', async () => {
    const mailer = mailerAt(given('SMTP_URL'));
    const ids = Array.from({ length: 30 }, () => `<${randomUUID()}@atelier.example>`);
    await Promise.all(ids.map((messageId) => mailer.send(mail, { messageId, signal: never })));
    for (const id of ids) expect(await arrived(id)).toHaveLength(1);
  });

  it.each(['zoe@example.com, eve@example.com', 'zoe@example.com\r\nBcc: eve@example.com', 'nobody'])(
    'fails for good, and reaches nobody, with an address that is none: %j',
    async (to) => {
      const messageId = `<${randomUUID()}@atelier.example>`;
      const sending = mailerAt(given('SMTP_URL')).send({ ...mail, to }, { messageId, signal: never });
      await expect(sending).rejects.toMatchObject({ code: 'SMTP_REFUSED', retryable: false });
      expect(await mailbox(messageId)).toEqual([]);
    },
  );

  it('fails for good without an address', async () => {
    const sending = mailerAt(given('SMTP_URL')).send(
      { ...mail, to: '' },
      { messageId: '<a@b>', signal: never },
    );
    await expect(sending).rejects.toMatchObject({
      code: 'MAIL_ADDRESS_INVALID',
      retryable: false,
      message: 'the address is none: No recipients defined',
    });
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort();
    const sending = mailerAt(given('SMTP_URL')).send(mail, { messageId: '<a@b>', signal });
    await expect(sending).rejects.toMatchObject({ code: 'SMTP_ABORTED', retryable: true });
  });

  it('sees an outage when nobody listens', async () => {
    const sending = mailerAt(`smtp://127.0.0.1:${await closedPort()}`).send(mail, {
      messageId: '<a@b>',
      signal: never,
    });
    await expect(sending).rejects.toMatchObject({ code: 'SMTP_UNAVAILABLE', unavailable: true });
  });
});

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the server had no port');
  return address.port;
}
