import { readConfig, serviceConfig, stateConfig, text, url } from '@atelier/boot';
import addressparser from 'nodemailer/lib/addressparser';
import { needsSmtpUtf8 } from './smtp-utf8.ts';

/** Where mail goes, and who it comes from. */
export abstract class MailConfig {
  /** Like `smtp://127.0.0.1:1025` or `smtps://user:password@host`. */
  abstract readonly smtpUrl: string;
  abstract readonly from: string;
}

/** One address that every mail server takes: it is in all e-mails, and SMTPUTF8 is asked for because of recipients only. */
function isSender(written: string): boolean {
  const [sender, ...others] = addressparser(written);
  if (sender === undefined || !('address' in sender) || others.length > 0) return false;
  const { address = '' } = sender;
  return /^[^@]+@[^@]+$/.test(address) && !needsSmtpUtf8(address);
}

export const mailVariables = {
  SMTP_URL: url(/^smtps?$/, 'the URL of the mail server, like smtp://127.0.0.1:1025'),
  MAIL_FROM: text('the sender')
    .refine(isSender)
    .default('Atelier <orders@atelier.example>')
    .describe('one sender like Atelier <orders@atelier.example>, in ASCII before the @'),
};

export function notificationsConfig(variables: NodeJS.ProcessEnv = process.env) {
  const { SMTP_URL, MAIL_FROM } = readConfig(mailVariables, variables);
  const mail: MailConfig = { smtpUrl: SMTP_URL, from: MAIL_FROM };
  return Object.freeze({ ...serviceConfig(variables), ...stateConfig(variables), mail });
}
