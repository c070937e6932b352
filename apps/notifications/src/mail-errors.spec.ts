import { describe, expect, it } from '@jest/globals';
import { mailErrorOf } from './mail-errors.ts';

const failure = (fields: object) => Object.assign(new Error('as the server says'), fields);

describe('a failure to send', () => {
  it.each([
    { code: 'ESOCKET', command: 'CONN' },
    { code: 'ECONNECTION', command: 'DATA' },
    { code: 'ETIMEDOUT', command: 'CONN' },
    { code: 'EDNS' },
    { code: 'EAUTH', responseCode: 535 },
    { code: 'EPROTOCOL', responseCode: 554, command: 'CONN' },
    { code: 'EMESSAGE', responseCode: 421 },
  ])('is an outage: %j', (fields) => {
    const cause = failure(fields);
    const outage = { code: 'SMTP_UNAVAILABLE', unavailable: true, retryable: true, cause };
    expect(mailErrorOf(cause)).toMatchObject(outage);
  });

  it.each([
    ['SMTP_DEFERRED', true, { code: 'EENVELOPE', responseCode: 450, command: 'RCPT TO' }],
    ['SMTP_DEFERRED', true, { code: 'EMESSAGE', responseCode: 452, command: 'DATA' }],
    ['SMTP_REFUSED', false, { code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' }],
    ['SMTP_REFUSED', false, { code: 'EMESSAGE', responseCode: 554, command: 'DATA' }],
    ['MAIL_ADDRESS_INVALID', false, { code: 'EENVELOPE' }],
    ['SMTP_ABORTED', true, { code: 'EABORT' }],
    ['MAIL_NOT_SENT', true, {}],
  ])('is this message’s own: %s', (code, retryable, fields) => {
    const error = mailErrorOf(failure(fields));
    expect(error).toMatchObject({ code, retryable, cause: expect.any(Error) });
    expect(error).not.toHaveProperty('unavailable');
  });
});
