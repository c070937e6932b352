import { repositoryRoot } from '@atelier/local-stack';
import { runsFrom } from '../cluster/previous-release.ts';
import type { Bench } from './fault.ts';
import { untilReady } from './ready.ts';

/** Has every process become one of this release, readers first: none is left that does not know its types and its read models. */
export async function becomeThisRelease(bench: Bench): Promise<void> {
  const former = [...bench.cluster.services.values()].filter((service) => !runsFrom(service, repositoryRoot));
  if (former.length > 0) await bench.cluster.deploy(repositoryRoot);
  for (const service of former) {
    await bench.cluster.change(service.name, { root: repositoryRoot });
    await untilReady(bench, service);
  }
}
