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

const words =
  /^(?:(?<plain>up|down)|refuse(?: (?<code>[45]\d\d))?|slow(?: (?<count>[1-9]\d{0,4})(?<unit>ms|s))?)$/;
const units = { ms: 1, s: 1_000 } as const;
const TRY_LATER = '451';
/** Longer than an attempt to send a mail may take. */
const TOO_SLOW = { count: '10', unit: 's' } as const;

/** `up`, `down`, `refuse`, `refuse 550`, `slow`, `slow 2s` or `slow 500ms`. Throws BAD_SETTING for any other text. */
export function readSmtpFault(text: string): SmtpFault {
  const groups = words.exec(text)?.groups;
  if (!groups) {
    throw new StackError(
      'BAD_SETTING',
      `"${`smtp ${text}`.trim()}" is no fault: say smtp up, smtp down, smtp refuse (or with a code from 400 to 599: smtp refuse 550) or smtp slow (or with a time: smtp slow 2s).`,
    );
  }
  const { plain, code = TRY_LATER, count = TOO_SLOW.count, unit = TOO_SLOW.unit } = groups;
  if (plain) return { mode: plain as 'up' | 'down' };
  if (text.startsWith('refuse')) return { mode: 'refuse', code: Number(code) };
  return { mode: 'slow', delayMs: Number(count) * units[unit as keyof typeof units] };
}
