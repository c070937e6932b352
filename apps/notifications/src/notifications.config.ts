import { readConfig, text, url } from '@atelier/boot';

/** Where mail goes, and who it comes from. */
export abstract class MailConfig {
  /** Like `smtp://127.0.0.1:1025` or `smtps://user:password@host`. */
  abstract readonly smtpUrl: string;
  abstract readonly from: string;
}

const variables = {
  SMTP_URL: url(/^smtps?$/, 'the URL of the mail server, like smtp://127.0.0.1:1025'),
  MAIL_FROM: text('the sender').default('Atelier <orders@atelier.example>'),
};

export function mailConfig(): MailConfig {
  const { SMTP_URL, MAIL_FROM } = readConfig(variables, process.env);
  return Object.freeze({ smtpUrl: SMTP_URL, from: MAIL_FROM });
}
