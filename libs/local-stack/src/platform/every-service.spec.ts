import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { serviceNames } from './services.ts';

const root = join(import.meta.dirname, '../../../..');
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');

interface Package {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly nx?: { readonly targets?: object };
}
const lock = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, Partial<Package> | undefined>>;
};
const containers = [...read('docker-compose.yml').matchAll(/^ {2}(\S+):\n {4}<<: \*service\n/gm)].map(
  ([, name = '']) => name,
);
const services = readdirSync(join(root, 'apps'), { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

/** What whoever added a service forgot, each with what to do. */
function forgotten(service: string): string[] {
  const directory = `apps/${service}`;
  const missing = ['package.json', 'tsconfig.json', 'src/main.ts'].filter(
    (file) => !existsSync(join(root, directory, file)),
  );
  if (missing.length > 0)
    return missing.map((file) => `add ${directory}/${file}, as the other services have`);
  const own = JSON.parse(read(directory, 'package.json')) as Package;
  const targets = ['build', 'lint', 'typecheck', 'test'].filter(
    (target) => !(target in (own.nx?.targets ?? {})),
  );
  const locked = lock.packages[directory];
  const isLocked =
    locked?.version === own.version &&
    JSON.stringify(locked.dependencies) === JSON.stringify(own.dependencies) &&
    lock.packages[`node_modules/${own.name}`] !== undefined;
  return [
    ...(own.name === `@atelier/${service}`
      ? []
      : [`call it @atelier/${service} in ${directory}/package.json`]),
    ...targets.map((target) => `add ${target} to nx.targets in ${directory}/package.json`),
    ...(isLocked ? [] : ['run npm install --package-lock-only']),
    ...(containers.includes(service) ? [] : [`add ${service} to the services of docker-compose.yml`]),
    ...(serviceNames.includes(service)
      ? []
      : [`add ${service} to serviceNames in libs/local-stack/src/platform/services.ts`]),
  ];
}

describe('a service in apps/ (npm start was ready without it)', () => {
  it.each(services)('is built, checked, locked, started, and has a container: %s', (service) => {
    expect(forgotten(service)).toEqual([]);
  });

  it('is there for each name that is started, or has a container', () => {
    expect([...serviceNames].sort()).toEqual(services);
    expect([...containers].sort()).toEqual(services);
  });

  it('is missed by name, with what to do', () => {
    expect(forgotten('of-nobody')).toContain('add apps/of-nobody/package.json, as the other services have');
  });
});
