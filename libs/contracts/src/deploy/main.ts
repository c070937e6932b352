import { deploy } from '@atelier/eventing/kafka';
import { catalogue, contracts } from '../index.ts';
import { deployConfig } from './deploy.config.ts';

try {
  console.log(await deploy({ ...deployConfig(), contracts, catalogue }));
} catch (error) {
  console.error(`Deployment failed: ${(error as Error).message}`);
  process.exitCode = 1;
}
