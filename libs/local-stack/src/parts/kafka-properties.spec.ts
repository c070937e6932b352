import { describe, expect, it } from '@jest/globals';
import { brokerProperties, controllerProperties } from './kafka-properties.ts';

const brokers = [1, 2, 3].map((id) => ({ id, clientPort: 9_000 + id, controllerPort: 9_100 + id }));
const [first = { id: 0, clientPort: 0, controllerPort: 0 }] = brokers;
const controller = { id: 100, port: 9_200 };

describe('the settings of Kafka', () => {
  it('make each broker a controller, unless there is one apart', () => {
    const settings = brokerProperties(first, brokers, 'kafka-1');
    expect(settings).toContain('process.roles=broker,controller\n');
    expect(settings).toContain(
      'controller.quorum.voters=1@127.0.0.1:9101,2@127.0.0.1:9102,3@127.0.0.1:9103\n',
    );
    expect(settings).toContain('\nlisteners=CLIENTS://127.0.0.1:9001,CONTROLLERS://127.0.0.1:9101\n');
  });

  it('leave the votes to a controller apart, and agree with it upon the rest', () => {
    const [broker, apart] = [
      brokerProperties(first, brokers, 'kafka-1', { apart: controller }),
      controllerProperties(controller, brokers.length, 'kafka-1'),
    ];
    expect(broker).toContain('process.roles=broker\n');
    expect(apart).toContain('process.roles=controller\n');
    expect(broker).toContain('\nlisteners=CLIENTS://127.0.0.1:9001\n');
    expect(apart).toContain('\nlisteners=CONTROLLERS://127.0.0.1:9200\n');
    for (const settings of [broker, apart]) {
      expect(settings).toContain('controller.quorum.voters=100@127.0.0.1:9200\n');
      expect(settings).toContain('broker.session.timeout.ms=3000\n');
      expect(settings).toContain('default.replication.factor=3\n');
    }
  });
});
