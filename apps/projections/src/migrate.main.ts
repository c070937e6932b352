import { explain, readModelConfig } from '@atelier/boot';
import { migrate } from './migrate.ts';

try {
  const taken = await migrate(readModelConfig().databaseUrl);
  console.log(
    taken.length > 0 ? `Migrated the read model: ${taken.join(', ')}` : 'The read model is up to date',
  );
} catch (error) {
  console.error(`Migration failed: ${explain(error)}`);
  process.exitCode = 1;
}
