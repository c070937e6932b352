import { parseDuration } from '@atelier/eventing/domain';
import { StackError } from '../stack-error.ts';

/** What the mail server suffers from, as those see it who come through the proxy. */
export type SmtpFault =
  | { readonly mode: 'up' }
  /** Nobody listens: connections are refused, and those that were open are reset. */
  | { readonly mode: 'down' }
  /** MAIL and RCPT are answered with this reply code of RFC 5321: 4xx is "try later", 5xx "never". */
  | { readonly mode: 'refuse'; readonly code: number }
  /** Each answer of the server comes so many milliseconds late. */
  | { readonly mode: 'slow'; readonly delayMs: number };

const words = /^(?:(?<plain>up|down)|refuse(?: (?<code>[45]\d\d))?|slow(?: (?<time>\S+))?)$/;
const TRY_LATER = '451';
/** Longer than an attempt to send a mail may take. */
const TOO_SLOW = '10s';
const DAY_MS = 24 * 60 * 60 * 1000;

/** `up`, `down`, `refuse`, `refuse 550`, `slow`, `slow 2s` or `slow 500ms`. Throws BAD_SETTING for any other text. */
export function readSmtpFault(text: string): SmtpFault {
  const { plain, code = TRY_LATER, time = TOO_SLOW } = words.exec(text)?.groups ?? { time: '' };
  const delayMs = parseDuration(time) ?? 0;
  if (delayMs < 1 || delayMs > DAY_MS) {
    throw new StackError(
      'BAD_SETTING',
      `"${`smtp ${text}`.trim()}" is no fault: say smtp up, smtp down, smtp refuse (or with a code from 400 to 599: smtp refuse 550) or smtp slow (or with a time: smtp slow 2s).`,
    );
  }
  if (plain) return { mode: plain as 'up' | 'down' };
  if (text.startsWith('refuse')) return { mode: 'refuse', code: Number(code) };
  return { mode: 'slow', delayMs };
}
