import { ConfigurationError } from '../../domain/index.ts';

/** A process, by the name of its service and its own among the members of its groups (KIP-345). Neither has a `/`. */
export interface ProcessName {
  readonly service: string;
  readonly instance: string;
}

/** The transactional ids of a process. The second one is for what must not wait for what hangs under the first. */
export function transactionalIdsOf({ service, instance }: ProcessName): readonly [string, string] {
  const first = `${prefixOf(service)}${instance}`;
  return [first, `${first}/2`];
}

/** What the transactional ids of all processes of a service begin with. */
export const prefixOf = (service: string) => `${service}/`;

/** Throws ConfigurationError: an id would be that of another process, too. */
export function refuseSlashes({ service, instance }: ProcessName): void {
  for (const [code, name] of [
    ['SERVICE_NAME', service],
    ['SERVICE_INSTANCE', instance],
  ] as const)
    if (name.includes('/'))
      throw new ConfigurationError(
        code,
        `Transactional ids are <service>/<instance>, and <service>/<instance>/2: ${name} has a / in it. Give it a name without`,
        { fields: { service, instance } },
      );
}
