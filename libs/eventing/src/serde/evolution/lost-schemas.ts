import { importInto, importUrl } from './apicurio-import.ts';
import type { RegisteredVersion } from './subject-plan.ts';
import { RegistrationFailed, Subjects } from './subjects.ts';

/** What a registry has lost. */
export interface Restoration {
  /** How many versions. */
  readonly lost: number;
  /** Puts them back, under their ids. RegistrationFailed when the registry does not take them. */
  restore(): Promise<void>;
}

/**
 * Looks whether a registry has what was registered before, under the same ids: records are written with them. One that has lost its
 * subjects can be given them back, where it can be told the ids (Apicurio); any other deviation is RegistrationFailed, with what to do.
 */
export async function planRestoration(
  registryUrl: string,
  remembered: readonly RegisteredVersion[],
): Promise<Restoration> {
  const subjects = new Subjects(registryUrl);
  const lost = await missingIn(subjects, remembered);
  if (lost.length === 0) return { lost: 0, restore: async () => undefined };
  const url = importUrl(registryUrl);
  if (url === undefined)
    throw new RegistrationFailed(
      `The registry ${registryUrl} has lost ${lost.length} schemas, ${named(lost)} among them. Nothing was registered, as they would get other ids than those in the records. Restore its backup, or register them with their ids in its mode IMPORT: the topic schemas.registered has both`,
    );
  return { lost: lost.length, restore: () => restore(subjects, url, lost) };
}

async function restore(subjects: Subjects, url: string, lost: readonly RegisteredVersion[]): Promise<void> {
  await importInto(url, lost);
  const still = await missingIn(subjects, lost);
  if (still.length > 0)
    throw new RegistrationFailed(
      `The registry ${subjects.url} took back ${lost.length} schemas, and does not have ${named(still)}. Restore its backup`,
    );
}

/** What is to be put back. Throws where it cannot be, because something else is in its place. */
async function missingIn(
  subjects: Subjects,
  remembered: readonly RegisteredVersion[],
): Promise<readonly RegisteredVersion[]> {
  const bySubject = Map.groupBy(remembered, ({ subject }) => subject);
  const compared = await Promise.all(
    [...bySubject].map(async ([subject, versions]) => {
      const lost: RegisteredVersion[] = [];
      const wrong: string[] = [];
      for (const version of versions) {
        const found = await subjects.find(subject, version.schema);
        if (found?.id === version.id) continue;
        const other = found ? `has id ${found.id}` : await inItsPlace(subjects, version);
        if (other === undefined) lost.push(version);
        else
          wrong.push(`${subject} version ${version.version}, whose records have id ${version.id}, ${other}`);
      }
      return { lost, wrong };
    }),
  );
  const wrong = compared.flatMap((one) => one.wrong);
  if (wrong.length > 0)
    throw new RegistrationFailed(
      `The registry ${subjects.url} has lost schemas, or is another one: ${wrong.slice(0, 3).join('; ')}${wrong.length > 3 ? `; and ${wrong.length - 3} more` : ''}. Nothing was registered. Restore its backup; or make it empty and deploy again, and it gets all of them back with their ids`,
    );
  return compared.flatMap(({ lost }) => lost);
}

/** What keeps a version from being put back: others of its subject, which an import would not add to, or its id in use. */
async function inItsPlace(
  subjects: Subjects,
  { subject, id, schema }: RegisteredVersion,
): Promise<string | undefined> {
  if (await subjects.newest(subject)) return 'is missing, beside others';
  const taken = await subjects.byId(id);
  return taken === undefined || taken === schema
    ? undefined
    : 'is missing, and the id is that of another schema';
}

const named = ([first]: readonly RegisteredVersion[]) => `${first?.subject} version ${first?.version}`;
