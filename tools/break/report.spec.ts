import { expect, it } from '@jest/globals';
import type { FragilePlatform } from './fragile-platform.ts';
import { smtpReport } from './report.ts';

const platform = {
  gateway: 'http://gateway',
  mail: 'http://mail',
  services: { 'orders-1': 'http://orders', 'notifications-1': 'http://notifications' },
} as unknown as FragilePlatform;

it('says what becomes of e-mails, where it is seen, and how the mail server is well again', () => {
  const back = 'Back: npm run fault -- smtp up';
  const slow = smtpReport({ mode: 'slow', delayMs: 20_000 }, platform);
  expect(slow).toContain('SMTP answers 20000 ms late');
  expect(slow).toContain(back);
  const refused = smtpReport({ mode: 'refuse', code: 550 }, platform);
  expect(refused).toContain('are dead letters at once: GET http://gateway/v1/dead-letters');
  expect(smtpReport({ mode: 'refuse', code: 451 }, platform)).toContain('are tried again');
  const down = smtpReport({ mode: 'down' }, platform);
  expect(down).toContain('  GET http://notifications/health/ready\n');
  expect(down).not.toContain('orders');
  expect(smtpReport({ mode: 'up' }, platform)).toContain('http://mail');
});
