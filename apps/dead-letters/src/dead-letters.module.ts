import { catalogue, contracts, RedriveJobsCommands, reports } from '@atelier/contracts';
import { EventingModule } from '@atelier/eventing';
import { type DynamicModule, Module } from '@nestjs/common';
import { deadLetter } from './dead-letter.decider.ts';
import type { DeadLettersConfig } from './dead-letters.config.ts';
import { FollowCanaryPolicy } from './follow-canary.policy.ts';
import { redriveJob } from './redrive-job.decider.ts';
import { redriveOrders } from './redrive-orders.ts';
import { BETWEEN_PORTIONS_MS, RunRedriveJobPolicy } from './run-redrive-job.policy.ts';

@Module({})
export class DeadLettersModule {
  static forRoot(config: DeadLettersConfig): DynamicModule {
    return {
      module: DeadLettersModule,
      imports: [
        EventingModule.forService({
          service: 'dead-letters',
          ...config,
          contracts,
          catalogue,
          reports,
          deciders: [deadLetter, redriveJob],
          redrives: redriveOrders,
          delays: { [RedriveJobsCommands.topic]: BETWEEN_PORTIONS_MS },
        }),
      ],
      providers: [RunRedriveJobPolicy, FollowCanaryPolicy],
    };
  }
}
