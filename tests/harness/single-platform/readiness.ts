import { until } from '../waiting.ts';
import type { Violation } from '../checks/violation.ts';
import type { SinglePlatform } from './single-platform.ts';

/** Waits until every service is ready; answers those that stay red. */
export async function stayRed(platform: SinglePlatform): Promise<Violation[]> {
  let red: Violation[] = [];
  const isGreen = async () => {
    const said = await Promise.all([...platform.services.keys()].map((name) => saysOf(platform, name)));
    red = said.filter((each) => each !== undefined);
    return red.length === 0;
  };
  await until('every service is ready', isGreen, { progress: () => red.length }).catch(() => undefined);
  return red;
}

/** What a service says that is not ready. */
async function saysOf(platform: SinglePlatform, service: string): Promise<Violation | undefined> {
  const { status, text } = await platform.readiness(service);
  return status === 200 ? undefined : { kind: 'not-ready', service, status, text };
}
