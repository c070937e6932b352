import { checkSchemas, isCi } from './check-schemas.ts';

const { wrong, seen } = await checkSchemas(undefined, undefined, isCi(process.env['CI']));
for (const paragraph of wrong) console.error(`${paragraph}\n`);
if (wrong.length > 0) {
  console.error(
    `${wrong.length} wrong: nothing of this is deployed. docs/schema-evolution.md says what may change, and how.`,
  );
  process.exitCode = 1;
} else {
  for (const line of seen) console.log(line);
}
