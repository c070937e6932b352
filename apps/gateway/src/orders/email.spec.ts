import { describe, expect, it } from '@jest/globals';
import { email } from './email.ts';

describe('an e-mail address', () => {
  it.each([
    'ada@example.com',
    'user@x.xn--p1ai',
    'user@bücher.example',
    'a&b@example.org',
    "o'neil+tag@sub.example.co.uk",
    'jörg@bücher.example',
    '用户@例子.广告',
    `${'x'.repeat(64)}@example.org`,
  ])('may be %s', (text) => {
    expect(email.safeParse(text).success).toBe(true);
  });

  it.each([
    '',
    'ada',
    'ada@localhost',
    'ada@[127.0.0.1]',
    'ada@127.0.0.1',
    'a..b@example.org',
    'a@example.org, b@example.org',
    'Ada <ada@example.org>',
    'a\r\nBcc: b@example.com',
    '"a"@example.org',
    '"a\r\n"@example.org',
    'a\u200b@example.org',
    'a@exam\u00adple.org',
    'a@\u0301bc.example',
    `${'x'.repeat(65)}@example.org`,
    `a@${'x.'.repeat(130)}org`,
  ])('is not %j', (text) => {
    expect(email.safeParse(text).success).toBe(false);
  });
});
