import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../stack-error.ts';
import { askUntil } from '../wait-until.ts';
import { writeWhole } from '../write-whole.ts';
import { readSmtpFault } from './smtp-fault.ts';
import type { SmtpProxy } from './smtp-proxy.ts';

/**
 * The switch is two files in a directory that only the platform's owner can write: `smtp` says which fault is wanted,
 * `smtp.answer` what became of it. Both begin with the id of the request.
 */
const requestIn = (directory: string) => join(directory, 'smtp');
const answerIn = (directory: string) => join(directory, 'smtp.answer');
const IN_FORCE = 'in force';

/** Asks the platform of this directory for a fault. Resolves when it is in force; throws a StackError when it is not. */
export async function switchSmtp(directory: string, text: string, withinMs = 60_000): Promise<void> {
  readSmtpFault(text);
  const id = randomUUID();
  writeWhole(requestIn(directory), `${id} ${text}`);
  const ask = async () => {
    const answer = readMessage(answerIn(directory));
    return answer?.id === id ? answer.text : undefined;
  };
  const answer = await askUntil(ask, { withinMs });
  if (answer === IN_FORCE) return;
  throw new StackError(
    'NOT_READY',
    answer ??
      `The platform did not answer within ${withinMs / 1000} s: see whether it still runs, then try again.`,
  );
}

/** A switch that nobody has touched: requests of an earlier platform are forgotten. */
export function prepareSwitch(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const file of [requestIn(directory), answerIn(directory)]) rmSync(file, { force: true });
}

/** Does what the switch says, and says so, until `closing`. Never rejects. */
export async function followSwitch(
  directory: string,
  proxy: SmtpProxy,
  say: (line: string) => void,
  closing: AbortSignal,
): Promise<void> {
  for (let done: string | undefined; !closing.aborted; await pause(closing)) {
    const request = readMessage(requestIn(directory));
    if (!request || request.id === done) continue;
    done = request.id;
    const outcome = await obey(proxy, request.text);
    say(`SMTP ${request.text}: ${outcome}`);
    try {
      writeWhole(answerIn(directory), `${request.id} ${outcome}`);
    } catch (error) {
      say((error as Error).message);
    }
  }
}

async function obey(proxy: SmtpProxy, text: string): Promise<string> {
  try {
    await proxy.inject(readSmtpFault(text));
    return IN_FORCE;
  } catch (error) {
    return (error as Error).message;
  }
}

const pause = (closing: AbortSignal) => sleep(100, undefined, { signal: closing }).catch(() => undefined);

function readMessage(file: string): { id: string; text: string } | undefined {
  let message: string;
  try {
    message = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const space = message.indexOf(' ');
  return { id: message.slice(0, space), text: message.slice(space + 1) };
}
