import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';

/** Not the name of any mechanism: what is registered for it only looks at the session. */
const LOOK = 'LOOK';

/** Whether an address is one that only servers with SMTPUTF8 take: a domain can be written in ASCII, a local part cannot. */
export const needsSmtpUtf8 = (address: string) =>
  /[^\0-\x7f]/.test(address.slice(0, Math.max(0, address.lastIndexOf('@'))));

/**
 * Whether the server announces SMTPUTF8 (RFC 6531), asked in a session of its own: nodemailer would send such an address to one
 * that does not. Rejects as nodemailer fails.
 */
export async function announcesSmtpUtf8(
  options: SMTPConnectionOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const connection = new SMTPConnection({
    ...options,
    customAuth: { [LOOK]: ({ extensions }) => resolve(extensions.includes('SMTPUTF8')) },
  });
  const giveUp = () => reject(Object.assign(new Error('sending was broken off'), { code: 'EABORT' }));
  signal.addEventListener('abort', giveUp);
  if (signal.aborted) giveUp();
  connection.once('error', reject);
  connection.once('end', () =>
    reject(Object.assign(new Error('the connection ended'), { code: 'ECONNECTION' })),
  );
  connection.connect((error) =>
    error ? reject(error) : connection.login({ method: LOOK }, () => undefined),
  );
  return promise.finally(() => {
    signal.removeEventListener('abort', giveUp);
    connection.on('error', () => undefined);
    connection.close();
  });
}
