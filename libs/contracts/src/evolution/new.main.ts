import { InvalidSchemas } from '../generate/problems.ts';
import { NoNextVersion, writeNextVersion } from './next-version.ts';

const [type = ''] = process.argv.slice(2);
try {
  console.log(await writeNextVersion(type));
} catch (error) {
  if (!(error instanceof NoNextVersion || error instanceof InvalidSchemas)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
