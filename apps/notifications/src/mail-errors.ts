/** Why a mail was not sent, as far as it decides what happens next. */
export class MailError extends Error {
  override readonly name: string = 'MailError';
  readonly code: string;
  readonly retryable: boolean;

  constructor(
    code: string,
    message: string,
    options: { readonly retryable: boolean; readonly cause: unknown },
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable;
  }
}

/** Nobody's mail can be sent now: wait for the server, count nothing against the message. */
export class SmtpUnavailable extends MailError {
  override readonly name = 'SmtpUnavailable';
  readonly unavailable = true;
  readonly dependency = 'SMTP';

  constructor(cause: unknown) {
    const message = `the mail server cannot be used: ${messageOf(cause)}`;
    super('SMTP_UNAVAILABLE', message, { retryable: true, cause });
  }
}

/** The server is there, but took too long. Named so that it is tried again later, and not at once. */
export class SmtpTimeout extends MailError {
  override readonly name = 'TimeoutError';

  constructor(cause: unknown) {
    super('SMTP_TIMEOUT', `the mail server was too slow: ${messageOf(cause)}`, { retryable: true, cause });
  }
}

/** The server cannot be told such an address. It may be redriven when it can, and the order's customer may have another one. */
export const noSmtpUtf8 = (address: string) =>
  new MailError(
    'SMTPUTF8_MISSING',
    `the mail server takes no address that is not ASCII before the @, as ${address} is: it does not announce SMTPUTF8 (RFC 6531)`,
    { retryable: false, cause: undefined },
  );

/** What nodemailer says about a failure. */
interface SmtpFailure {
  readonly code?: unknown;
  readonly command?: unknown;
  readonly responseCode?: unknown;
  readonly timeoutType?: unknown;
}

/** The connection, its encryption or our account: nothing that is particular to one message. */
const unavailable = new Set<unknown>([
  'ECONNECTION',
  'ECONNREFUSED',
  'ECONNRESET',
  'EDNS',
  'EAUTH',
  'ENOAUTH',
  'EOAUTH2',
  'EPROTOCOL',
  'ESOCKET',
  'ETIMEDOUT',
  'ETLS',
]);
/** Until the sender is named, a refusal is meant for us and not for a message. */
const beforeTheMessage = new Set<unknown>(['CONN', 'EHLO', 'HELO', 'STARTTLS']);

/**
 * Sorts a failure of nodemailer. No session can be had: an outage. A session is there, and the server is too slow or answers
 * the message with 4xx: it may pass later. It answers with 5xx, or the address is none: it never will (RFC 5321, 4.2.1).
 */
export function mailErrorOf(failure: unknown): MailError {
  if (failure instanceof MailError) return failure;
  const { code, command, responseCode } = (failure ?? {}) as SmtpFailure;
  if (isTooSlow(failure)) return new SmtpTimeout(failure);
  if (unavailable.has(code) || beforeTheMessage.has(command)) return new SmtpUnavailable(failure);
  const error = (name: string, retryable: boolean, why = messageOf(failure)) =>
    new MailError(name, why, { retryable, cause: failure });
  if (code === 'EABORT') return error('SMTP_ABORTED', true, 'sending was broken off');
  if (typeof responseCode === 'number')
    return responseCode < 500 ? error('SMTP_DEFERRED', true) : error('SMTP_REFUSED', false);
  if (code === 'EENVELOPE')
    return error('MAIL_ADDRESS_INVALID', false, `the address is none: ${messageOf(failure)}`);
  return error('MAIL_NOT_SENT', true);
}

/** Whoever cannot even be connected to in time is not slow but away. */
function isTooSlow(failure: unknown): boolean {
  const { code, timeoutType } = (failure ?? {}) as SmtpFailure;
  return code === 'ETIMEDOUT' && timeoutType !== undefined && timeoutType !== 'CONNECT_TIMEOUT';
}

const messageOf = (failure: unknown) => (failure instanceof Error ? failure.message : String(failure));
