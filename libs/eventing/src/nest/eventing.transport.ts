import { Injectable } from '@nestjs/common';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';

/** The NestJS transport: `app.connectMicroservice({ strategy: app.get(EventingTransport) })`. */
@Injectable()
export class EventingTransport extends Server implements CustomTransportStrategy {
  override listen(callback: () => void): void {
    callback();
  }

  override close(): void {}

  override on(): never {
    throw new Error('not implemented');
  }

  override unwrap<T>(): T {
    throw new Error('not implemented');
  }
}
