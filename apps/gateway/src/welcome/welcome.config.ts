import { readConfig, url } from '@atelier/boot';

const settings = {
  MAILBOX_URL: url(/^https?$/, 'the address where e-mails are shown to people, or leave it out').optional(),
};

/** What people are shown beside the API. */
export interface WelcomeConfig {
  readonly mailboxUrl: string | undefined;
}

export const WELCOME_CONFIG = Symbol('atelier:welcome');

export function welcomeConfig(variables: NodeJS.ProcessEnv = process.env): WelcomeConfig {
  return Object.freeze({ mailboxUrl: readConfig(settings, variables).MAILBOX_URL });
}
