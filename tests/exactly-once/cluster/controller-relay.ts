import { freePort } from '@atelier/local-stack';
import { type HeldRequest, KafkaRequests } from '../network/kafka-requests.ts';
import { TcpProxy } from '../network/tcp-proxy.ts';

const BROKER_HEARTBEAT = 63;

/** Stands between brokers and a controller that is a process of its own, and holds back what brokers say to it. */
export class ControllerRelay {
  /** Where the controller is to listen, and where brokers reach it. */
  readonly ports: { readonly port: number; readonly relayPort: number };
  private readonly proxy: TcpProxy;
  private readonly requests: KafkaRequests;

  private constructor(proxy: TcpProxy, requests: KafkaRequests, port: number) {
    this.proxy = proxy;
    this.requests = requests;
    this.ports = { port, relayPort: proxy.port };
  }

  static async start(): Promise<ControllerRelay> {
    const [requests, port] = [new KafkaRequests(), await freePort()];
    const target = { host: '127.0.0.1', port };
    return new ControllerRelay(
      await TcpProxy.start({ target, intercept: requests.intercept }),
      requests,
      port,
    );
  }

  /** From now on no heartbeat of a broker arrives, until the answer is called: then those that were held, and all others. */
  holdHeartbeats(): () => void {
    const held: HeldRequest[] = [];
    let holding = true;
    const next = (): void => {
      const caught = this.requests.hold(({ apiKey }) => holding && apiKey === BROKER_HEARTBEAT, {
        rest: 'flow',
      });
      void caught.then((request) => {
        held.push(request);
        next();
      });
    };
    next();
    return () => {
      holding = false;
      for (const request of held) void request.forward().catch(() => undefined);
    };
  }

  close(): Promise<void> {
    return this.proxy.close();
  }
}
