import { readConfig } from '@atelier/boot';
import { describe, expect, it } from '@jest/globals';
import { mailVariables } from './notifications.config.ts';

const SMTP_URL = 'smtp://127.0.0.1:1025';
const read = (MAIL_FROM: string) => readConfig(mailVariables, { SMTP_URL, MAIL_FROM }).MAIL_FROM;

describe('MAIL_FROM', () => {
  it.each(['shop@atelier.example', 'Zoë’s Atelier <orders@atelier.example>', 'Shop <shop@bücher.example>'])(
    'may be %s',
    (from) => expect(read(from)).toBe(from),
  );

  it('is Atelier unless set', () => expect(read('')).toBe('Atelier <orders@atelier.example>'));

  it.each([
    'zoë@atelier.example',
    'Atelier <zoë@atelier.example>',
    'Atelier',
    'a@b.example, c@d.example',
    'all: a@b.example;',
  ])(
    'is refused at the start when not every mail server takes it (each e-mail was tried, and refused): %s',
    (from) =>
      expect(() => read(from)).toThrow(
        'MAIL_FROM cannot be used: give one sender like Atelier <orders@atelier.example>, in ASCII before the @',
      ),
  );
});
