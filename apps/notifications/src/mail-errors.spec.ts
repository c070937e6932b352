import { describe, expect, it } from '@jest/globals';
import { mailErrorOf } from './mail-errors.ts';

const failure = (fields: object) => Object.assign(new Error('as the server says'), fields);

describe('a failure to send', () => {
  it.each([
    { code: 'ESOCKET', originalCode: 'ECONNREFUSED', command: 'CONN' },
    { code: 'ECONNECTION', command: 'DATA' },
    { code: 'ETIMEDOUT', timeoutType: 'CONNECT_TIMEOUT', command: 'CONN' },
    { code: 'ETIMEDOUT' },
    { code: 'EDNS', command: 'CONN' },
    { code: 'EAUTH', responseCode: 535 },
    { code: 'EPROTOCOL', responseCode: 554, command: 'CONN' },
    { code: 'ECONNECTION', responseCode: 421, command: 'EHLO' },
  ])('to get a session is an outage: %j', (fields) => {
    const cause = failure(fields);
    const outage = { code: 'SMTP_UNAVAILABLE', unavailable: true, dependency: 'SMTP', cause };
    expect(mailErrorOf(cause)).toMatchObject(outage);
  });

  it.each([
    ['SMTP_TIMEOUT', true, { code: 'ETIMEDOUT', timeoutType: 'GREETING_TIMEOUT', command: 'CONN' }],
    ['SMTP_TIMEOUT', true, { code: 'ETIMEDOUT', timeoutType: 'SOCKET_TIMEOUT', command: 'CONN' }],
    ['SMTP_DEFERRED', true, { code: 'EENVELOPE', responseCode: 421, command: 'MAIL FROM' }],
    ['SMTP_DEFERRED', true, { code: 'EENVELOPE', responseCode: 450, command: 'RCPT TO' }],
    ['SMTP_DEFERRED', true, { code: 'EMESSAGE', responseCode: 452, command: 'DATA' }],
    ['SMTP_REFUSED', false, { code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' }],
    ['SMTP_REFUSED', false, { code: 'EMESSAGE', responseCode: 554, command: 'DATA' }],
    ['MAIL_ADDRESS_INVALID', false, { code: 'EENVELOPE', command: 'API' }],
    ['SMTP_ABORTED', true, { code: 'EABORT' }],
    ['MAIL_NOT_SENT', true, {}],
  ])('is this message’s own: %s, retryable %s', (code, retryable, fields) => {
    const error = mailErrorOf(failure(fields));
    expect(error).toMatchObject({ code, retryable, cause: expect.any(Error) });
    expect(error).not.toHaveProperty('unavailable');
  });

  it('is tried again later, and not at once, when it was a timeout', () => {
    const slow = { code: 'ETIMEDOUT', timeoutType: 'SOCKET_TIMEOUT' };
    expect(mailErrorOf(failure(slow)).name).toBe('TimeoutError');
  });
});
