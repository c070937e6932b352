import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { kafkaVersion, registryVersion, repositoryRoot } from './paths.ts';

describe('the versions of the parts', () => {
  it('are the same with Docker and without', async () => {
    const compose = await readFile(join(repositoryRoot, 'docker-compose.yml'), 'utf8');
    expect(compose).toContain(`image: apache/kafka:${kafkaVersion}\n`);
    expect(compose).toContain(`image: apicurio/apicurio-registry:${registryVersion}\n`);
  });
});
