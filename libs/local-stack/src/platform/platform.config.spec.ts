import { describe, expect, it } from '@jest/globals';
import { readPlatformConfig } from './platform.config.ts';

describe('the settings of the platform', () => {
  it('has the gateway on 8080, and leaves the other ports open', () => {
    const { gatewayPort, ports } = readPlatformConfig({});
    expect(gatewayPort).toBe(8080);
    expect(Object.values(ports).every((port) => port === undefined)).toBe(true);
  });

  it('takes the ports and the directory of the user', () => {
    const config = readPlatformConfig({
      PORT: '9000',
      KAFKA_PORT: '9092',
      MAIL_PORT: ' 1080 ',
      DATA_DIR: '/var/atelier',
    });
    expect(config).toMatchObject({ gatewayPort: 9000, ports: { kafka: 9092, mail: 1080 } });
    expect(config.dataDir).toMatch(/atelier$/);
  });

  it.each(['abc', '0', '65536', '-1', '80.5', '0x50'])('refuses the port %s, naming the variable', (text) => {
    expect(() => readPlatformConfig({ SMTP_PORT: text })).toThrow(
      `SMTP_PORT must be a port number from 1 to 65535, not "${text}".`,
    );
  });

  it('has one broker and one instance of each service unless told otherwise', () => {
    expect(readPlatformConfig({})).toMatchObject({ brokers: 1, instances: 1 });
    expect(readPlatformConfig({ BROKERS: '3', INSTANCES: '2' })).toMatchObject({ brokers: 3, instances: 2 });
  });

  it('lets nothing be broken unless told otherwise', () => {
    expect(readPlatformConfig({}).faults).toBe(false);
    expect(readPlatformConfig({ FAULTS: 'on' }).faults).toBe(true);
  });

  it.each([
    ['BROKERS', '2', 'BROKERS must be one of 1, 3, not "2".'],
    ['FAULTS', 'yes', 'FAULTS must be on or off, not "yes".'],
    ['INSTANCES', 'many', 'INSTANCES must be one of 1, 2, 3, not "many".'],
  ])('refuses %s %s', (name, value, complaint) => {
    expect(() => readPlatformConfig({ [name]: value })).toThrow(complaint);
  });

  it('refuses one port for two', () => {
    expect(() => readPlatformConfig({ KAFKA_PORT: '9000', PORT: '9000' })).toThrow(
      'PORT and KAFKA_PORT are both 9000',
    );
  });
});
