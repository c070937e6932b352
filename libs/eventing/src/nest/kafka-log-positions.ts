import { Inject, Injectable } from '@nestjs/common';
import { topicOf } from '../domain/index.ts';
import { committedOffset, logEnd } from '../kafka/positions.ts';
import { partitionOf } from '../serde/partitioner.ts';
import { Engine } from './engine.ts';
import { EVENTING_OPTIONS, type EventingOptions } from './eventing-options.ts';
import { LogPositions } from './ports.ts';

@Injectable()
export class KafkaLogPositions extends LogPositions {
  private readonly options: EventingOptions;
  private readonly engine: Engine;

  constructor(@Inject(EVENTING_OPTIONS) options: EventingOptions, engine: Engine) {
    super();
    this.options = options;
    this.engine = engine;
  }

  override end(topic: string, partition: number): Promise<bigint> {
    return logEnd(this.engine.client, topic, partition);
  }

  override committed(group: string, topic: string, partition: number): Promise<bigint> {
    return committedOffset(this.engine.client, group, topic, partition);
  }

  override partitionOf(topic: string, key: string): number {
    return partitionOf(key, topicOf(this.options.catalogue, topic).partitions);
  }
}
