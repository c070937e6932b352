import { deploy } from '@atelier/eventing/kafka';
import { deployConfig } from './deploy.config.ts';

// Sentences about upcasters have the file and the line that somebody can mend.
process.setSourceMapsEnabled(true);
try {
  // Loaded here: chains of upcasters that do not fit throw as the contracts are made.
  const { catalogue, contracts } = await import('../index.ts');
  console.log(await deploy({ ...deployConfig(), contracts, catalogue }));
} catch (error) {
  console.error(`Deployment failed: ${(error as Error).message}`);
  process.exitCode = 1;
}
