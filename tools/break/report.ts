import type { SmtpFault } from '@atelier/local-stack';
import type { FragilePlatform } from './fragile-platform.ts';
import type { Places } from './poison.ts';
import { readersOf } from './poisonable.ts';

const back = 'Back: npm run fault -- smtp up';

/** What is to be seen now that the mail server suffers from this. */
export function smtpReport(fault: SmtpFault, platform: FragilePlatform): string {
  switch (fault.mode) {
    case 'up':
      return `SMTP is up. E-mails that waited are sent within seconds, dead letters when they are redriven: ${platform.mail}`;
    case 'down':
      return `SMTP is down. Orders are confirmed, their e-mails wait; as soon as one does, notifications are not ready and say so:
${readinessOf(platform)}
${back}`;
    case 'refuse':
      return `SMTP answers ${fault.code}. Orders are confirmed, their e-mails ${fateOf(fault.code)}: ${deadLettersOf(platform)}
${back}`;
    case 'slow':
      return `SMTP answers ${fault.delayMs} ms late. E-mails are late; where an attempt takes too long it is made again later, and in the end there is a dead letter: ${deadLettersOf(platform)}
An answer that comes too late may have been a yes: such an e-mail is there twice.
${back}`;
  }
}

const fateOf = (code: number) =>
  code < 500 ? 'are tried again, and are dead letters in the end' : 'are dead letters at once';

const deadLettersOf = ({ gateway }: FragilePlatform) => `GET ${gateway}/v1/dead-letters`;

const readinessOf = ({ services }: FragilePlatform) =>
  Object.entries(services)
    .filter(([instance]) => instance.startsWith('notifications-'))
    .map(([, url]) => `  GET ${url}/health/ready`)
    .join('\n');

/** Where the poison is, and what becomes of it. */
export function poisonReport(topic: string, places: Places, platform: FragilePlatform): string {
  const partitions = [...places].sort(([a], [b]) => a - b);
  const count = partitions.reduce((sum, [, offsets]) => sum + offsets.length, 0);
  return `${counted(count)} that nobody can decode ${count === 1 ? 'is' : 'are'} in ${topic}:
${partitions.map(([partition, offsets]) => `  partition ${partition}: ${rangeOf(offsets)}`).join('\n')}
The dead letters of ${readersOf(topic).join(', ')}: ${deadLettersOf(platform)}`;
}

const counted = (count: number) => `${count} ${count === 1 ? 'record' : 'records'}`;

function rangeOf(offsets: readonly bigint[]): string {
  const [first, last] = [offsets[0], offsets.at(-1)];
  return first === last ? `offset ${first}` : `${counted(offsets.length)}, offsets ${first} to ${last}`;
}
