import { type Contract, messageTypes } from '../domain/index.ts';
import { findingsOf } from './evolution/findings.ts';
import { planRestoration } from './evolution/lost-schemas.ts';
import type { Compatibility } from './evolution/schema-gate.ts';
import { planSubject, type RegisteredVersion, type SubjectPlan } from './evolution/subject-plan.ts';
import { RegistrationFailed, Subjects } from './evolution/subjects.ts';
import { RegistryUnavailable } from './schema-registry.ts';

export { RegistrationFailed, type RegisteredVersion };

/** What a registry would take. */
export interface Registration {
  /** How many versions it has lost, which `register` puts back. */
  readonly restored: number;
  /**
   * Puts back what was lost, and registers what is missing. Answers each version of each message with its id. RegistrationFailed for what
   * the registry could not be asked before: see `planRegistration`.
   */
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
 * registrations must be there under its ids, or can be put back: see `planRestoration`. Two things cannot be asked before: what
 * the registry says of a subject that it has lost, and of a version whose predecessor is not registered either.
 */
export async function planRegistration(
  registryUrl: string,
  contracts: readonly Contract[],
  level: (topic: string) => Compatibility,
  remembered: readonly RegisteredVersion[] = [],
): Promise<Registration> {
  refuse(contracts.flatMap((contract) => unreadable(contract, level)));
  const { lost, restore } = await planRestoration(registryUrl, remembered);
  const plan = (state?: string) => planSubjects(new Subjects(registryUrl), contracts, level, state);
  const planned = await plan();
  return {
    restored: lost,
    register: async () => {
      if (lost === 0) return registerPlanned(planned);
      await orAway(restore(), `No new schema was registered; ${lost} that were lost may be back by now`);
      // Of what was lost the registry could not be asked until now.
      const state = `No new schema was registered; ${lost} that were lost are back.`;
      return registerPlanned(await orAway(plan(state), state));
    },
  };
}

/** The plans of each contract. RegistrationFailed with all that speaks against them. */
async function planSubjects(
  subjects: Subjects,
  contracts: readonly Contract[],
  level: (topic: string) => Compatibility,
  state?: string,
): Promise<readonly (readonly SubjectPlan[])[]> {
  const plans = await Promise.all(
    contracts.map(async (contract) => {
      const own = [];
      for (const type of messageTypes(contract))
        own.push(await planSubject(subjects, type, level(type.topic)));
      return own;
    }),
  );
  refuse(
    plans.flat().flatMap(({ refusals }) => refusals),
    state,
  );
  return plans;
}

async function registerPlanned(
  plans: readonly (readonly SubjectPlan[])[],
): Promise<readonly RegisteredVersion[]> {
  const registered = plans.map(async (own) => {
    const versions: RegisteredVersion[] = [];
    for (const plan of own) versions.push(...(await plan.register()));
    return versions;
  });
  const ended = await Promise.allSettled(registered.map((own) => orAway(own, HALFWAY)));
  const reasons = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const refused = reasons.find((reason) => reason instanceof RegistrationFailed);
  if (refused) throw halfway(refused);
  if (reasons.length > 0) throw reasons[0];
  return (await Promise.all(registered)).flat();
}

const HALFWAY = 'Others may be registered by now, and stay';

const halfway = ({ message, fields }: RegistrationFailed) =>
  new RegistrationFailed(
    `${message}. ${HALFWAY}: the registry cannot be asked about a version before it has the one before it. Mend it, and deploy again`,
    typeof fields['status'] === 'number' ? { status: fields['status'] } : {},
  );

/** A registry that goes away in the middle leaves a state, which the deployment that follows takes up. */
async function orAway<T>(work: Promise<T>, state: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof RegistryUnavailable)) throw error;
    const { message, fields, cause } = error;
    const told = `${message}. ${state.replace(/\.$/, '')}: deploy again once it answers`;
    throw new RegistryUnavailable(told, { fields, cause });
  }
}

/** By the gate that asks nobody: a registry compares a version only with what it has. */
const unreadable = (contract: Contract, level: (topic: string) => Compatibility): readonly string[] =>
  messageTypes(contract).flatMap((type) =>
    findingsOf(type.versions, level(type.topic)).map(
      ({ version, what, breaks }) =>
        `${type.type as string}.v${version}: ${what} (${level(type.topic)}; ${breaks.join('; ')})`,
    ),
  );

function refuse(reasons: readonly string[], state = 'No schema was registered.'): void {
  if (reasons.length === 0) return;
  throw new RegistrationFailed(`${state} ${reasons.join('\n')}`);
}
