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

  constructor(cause: unknown) {
    super('SMTP_UNAVAILABLE', `the mail server cannot be used: ${messageOf(cause)}`, {
      retryable: true,
      cause,
    });
  }
}

/** What nodemailer says about a failure. */
interface SmtpFailure {
  readonly code?: unknown;
  readonly command?: unknown;
  readonly responseCode?: unknown;
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
const closingDown = 421;

/** Sorts a failure of nodemailer: the server is away, the message may pass later, or it never will. */
export function mailErrorOf(failure: unknown): MailError {
  const { code, command, responseCode } = (failure ?? {}) as SmtpFailure;
  const why = messageOf(failure);
  if (code === 'EABORT') {
    return new MailError('SMTP_ABORTED', 'sending was broken off', { retryable: true, cause: failure });
  }
  if (unavailable.has(code) || responseCode === closingDown || beforeTheMessage.has(command)) {
    return new SmtpUnavailable(failure);
  }
  if (typeof responseCode === 'number') {
    const retryable = responseCode < 500;
    return new MailError(retryable ? 'SMTP_DEFERRED' : 'SMTP_REFUSED', why, { retryable, cause: failure });
  }
  return code === 'EENVELOPE'
    ? new MailError('MAIL_ADDRESS_INVALID', why, { retryable: false, cause: failure })
    : new MailError('MAIL_NOT_SENT', why, { retryable: true, cause: failure });
}

const messageOf = (failure: unknown) => (failure instanceof Error ? failure.message : String(failure));
