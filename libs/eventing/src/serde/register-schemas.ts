import { type Contract, messageTypes } from '../domain/index.ts';
import { findingsOf } from './evolution/findings.ts';
import { restoreSchemas } from './evolution/lost-schemas.ts';
import type { Compatibility } from './evolution/schema-gate.ts';
import { planSubject, type RegisteredVersion } from './evolution/subject-plan.ts';
import { RegistrationFailed, Subjects } from './evolution/subjects.ts';

export { RegistrationFailed, type RegisteredVersion };

/** What a registry would take. */
export interface Registration {
  /** How many versions it had lost, and has back now. */
  readonly restored: number;
  /** Registers what is missing. Answers each version of each message with its id. */
  register(): Promise<readonly RegisteredVersion[]>;
}

/**
 * Registers every version of every message, oldest first, and sets each subject's level. Everything is checked before the first is
 * registered: see `planRegistration`. May be repeated. Answers each version with its id.
 */
export async function registerSchemas(
  registryUrl: string,
  contracts: readonly Contract[],
  level: (topic: string) => Compatibility,
): Promise<readonly RegisteredVersion[]> {
  return (await planRegistration(registryUrl, contracts, level)).register();
}

/**
 * Asks whether every version of every message can be registered, and registers nothing. RegistrationFailed with everything that
 * speaks against it: a version that others cannot read, by our gate and by the registry's (`/compatibility`), and a released version that
 * was edited, which is one that the registry does not have although it has what comes behind it. What is remembered of earlier
 * registrations must be there under its ids, or is put back: see `restoreSchemas`.
 */
export async function planRegistration(
  registryUrl: string,
  contracts: readonly Contract[],
  level: (topic: string) => Compatibility,
  remembered: readonly RegisteredVersion[] = [],
): Promise<Registration> {
  refuse(contracts.flatMap((contract) => unreadable(contract, level)));
  const restored = await restoreSchemas(registryUrl, remembered);
  const subjects = new Subjects(registryUrl);
  const plans = await Promise.all(
    contracts.map(async (contract) => {
      const own = [];
      for (const type of messageTypes(contract))
        own.push(await planSubject(subjects, type, level(type.topic)));
      return own;
    }),
  );
  refuse(plans.flat().flatMap(({ refusals }) => refusals));
  return {
    restored,
    register: async () => {
      const registered = plans.map(async (own) => {
        const versions: RegisteredVersion[] = [];
        for (const plan of own) versions.push(...(await plan.register()));
        return versions;
      });
      return (await Promise.all(registered)).flat();
    },
  };
}

/** By the gate that asks nobody: a registry compares a version only with what it has. */
const unreadable = (contract: Contract, level: (topic: string) => Compatibility): readonly string[] =>
  messageTypes(contract).flatMap((type) =>
    findingsOf(type.versions, level(type.topic)).map(
      ({ version, what, breaks }) =>
        `${type.type as string}.v${version}: ${what} (${level(type.topic)}; ${breaks.join('; ')})`,
    ),
  );

function refuse(reasons: readonly string[]): void {
  if (reasons.length === 0) return;
  throw new RegistrationFailed(`No schema was registered. ${reasons.join('\n')}`);
}
