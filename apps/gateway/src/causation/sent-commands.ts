import { catalogue } from '@atelier/contracts';
import { derivedId } from '@atelier/eventing/serde';

/** A command that a policy may have sent about an event: its id follows from both. */
export interface SentCommand {
  readonly id: string;
  readonly group: string;
}

const policies = catalogue.groups.filter(({ kind }) => kind === 'policy');

/** The commands that policies have sent about an event, if each has sent so many. */
export const commandsAbout = (
  event: { readonly id: string; readonly topic: string },
  most: number,
): SentCommand[] =>
  policies
    .filter(({ topics }) => (topics as readonly string[]).includes(event.topic))
    .flatMap(({ group }) =>
      Array.from({ length: most }, (_, index) => ({ id: derivedId(event.id, group, index), group })),
    );
