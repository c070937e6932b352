import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import { mailErrorOf, noSmtpUtf8 } from './mail-errors.ts';
import { MailConfig } from './notifications.config.ts';
import type { OrderMail } from './order-mail.ts';
import { announcesSmtpUtf8, needsSmtpUtf8 } from './smtp-utf8.ts';

export interface Sending {
  /** The same for each repeat of one message, so that mail programs show it once. */
  readonly messageId: string;
  readonly signal: AbortSignal;
}

/**
 * A silent server is found out within the 8 seconds of an attempt. Connecting and the greeting share `connectionTimeout`.
 * Query parameters of the URL go before these.
 */
const timeouts = {
  dnsTimeout: 2_000,
  connectionTimeout: 2_000,
  greetingTimeout: 3_000,
  socketTimeout: 6_000,
};

/**
 * One for each mail that is sent at once: 8 in each of 6 partitions, which may all be this process's. Postfix takes 50 of one client. A
 * mail that waits for a connection waits in its attempt's time.
 */
const CONNECTIONS = 48;

/** Sends mail by SMTP, over connections that are kept open. Fails with a MailError. */
@Injectable()
export class Mailer implements OnApplicationShutdown {
  private readonly from: string;
  private readonly server;
  private readonly transport;

  constructor({ smtpUrl, from }: MailConfig) {
    this.from = from;
    this.server = { ...timeouts, ...parseConnectionUrl(smtpUrl) };
    this.transport = createTransport({
      pool: true,
      maxConnections: CONNECTIONS,
      url: smtpUrl,
      ...timeouts,
      // A kept connection that the server has left is replaced once. Waiting is the library's part: it pauses the partition.
      maxRequeues: 1,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /** Resolves when the server has taken the message over. */
  async send({ to, ...mail }: OrderMail, { messageId, signal }: Sending): Promise<void> {
    // As an object it stays one address, whatever it is made of.
    const recipient = { name: '', address: to };
    try {
      if (needsSmtpUtf8(to) && !(await announcesSmtpUtf8(this.server, signal))) throw noSmtpUtf8(to);
      await this.transport.sendMail({ ...mail, from: this.from, to: recipient, messageId, signal });
    } catch (error) {
      throw mailErrorOf(error);
    }
  }

  onApplicationShutdown(): void {
    this.transport.close();
  }
}
