import { serviceConfig, stateConfig } from '@atelier/boot';
import { catalogue, contracts, RedriveJobsCommands, reports } from '@atelier/contracts';
import { EventingModule } from '@atelier/eventing';
import { Module } from '@nestjs/common';
import { deadLetter } from './dead-letter.decider.ts';
import { FollowCanaryPolicy } from './follow-canary.policy.ts';
import { redriveJob } from './redrive-job.decider.ts';
import { redriveOrders } from './redrive-orders.ts';
import { BETWEEN_PORTIONS_MS, RunRedriveJobPolicy } from './run-redrive-job.policy.ts';

@Module({
  imports: [
    EventingModule.forService({
      service: 'dead-letters',
      ...serviceConfig(),
      ...stateConfig(),
      contracts,
      catalogue,
      reports,
      deciders: [deadLetter, redriveJob],
      redrives: redriveOrders,
      delays: { [RedriveJobsCommands.topic]: BETWEEN_PORTIONS_MS },
    }),
  ],
  providers: [RunRedriveJobPolicy, FollowCanaryPolicy],
})
export class DeadLettersModule {}
