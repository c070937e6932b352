import type { Socket } from 'node:net';

/** How bytes move: a delay in milliseconds for each of them, and a rate. */
export interface Pace {
  readonly stalled: boolean;
  readonly delayMs: number;
  readonly bytesPerSecond: number;
}

export const PASS: Pace = { stalled: false, delayMs: 0, bytesPerSecond: Infinity };
export const STALL: Pace = { ...PASS, stalled: true };

const SLICES_PER_SECOND = 50;
const MOST_WAITING_BYTES = 64 * 1024;

/** One direction of a connection. Bytes keep their order through every change of pace. */
export class Lane {
  private readonly source: Socket;
  private readonly sink: Socket;
  private pace = PASS;
  /** What could not go on at once; `undefined` is the end. */
  private readonly waiting: { readonly bytes: Buffer | undefined; due: number }[] = [];
  private waitingBytes = 0;
  private freeAt = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(source: Socket, sink: Socket, pace: Pace) {
    this.source = source;
    this.sink = sink;
    sink.on('drain', () => this.move());
    sink.on('close', () => clearTimeout(this.timer));
    this.change(pace);
  }

  change(pace: Pace): void {
    this.pace = pace;
    this.freeAt = 0;
    for (const item of this.waiting) item.due = 0;
    this.move();
  }

  take(bytes: Buffer): void {
    if (this.pace === PASS && this.waiting.length === 0) {
      if (!this.write(bytes)) this.source.pause();
      return;
    }
    const size = Math.min(bytes.length, Math.ceil(this.pace.bytesPerSecond / SLICES_PER_SECOND));
    for (let at = 0; at < bytes.length; at += size) this.wait(bytes.subarray(at, at + size));
    this.move();
  }

  end(): void {
    this.wait(undefined);
    this.move();
  }

  private wait(bytes: Buffer | undefined): void {
    const length = bytes?.length ?? 0;
    this.freeAt = Math.max(this.freeAt, performance.now()) + (length / this.pace.bytesPerSecond) * 1_000;
    this.waiting.push({ bytes, due: this.freeAt + this.pace.delayMs });
    this.waitingBytes += length;
  }

  private move(): void {
    clearTimeout(this.timer);
    while (this.mayMove() && (this.waiting[0]?.due ?? Infinity) <= performance.now()) this.moveNext();
    if (this.mayMove() && this.waitingBytes < MOST_WAITING_BYTES) this.source.resume();
    else this.source.pause();
    const next = this.waiting[0];
    if (next && this.mayMove() && !this.sink.destroyed)
      this.timer = setTimeout(() => this.move(), Math.max(1, next.due - performance.now()));
  }

  private mayMove(): boolean {
    return !this.pace.stalled && !this.sink.writableNeedDrain;
  }

  private moveNext(): void {
    const bytes = this.waiting.shift()?.bytes;
    this.waitingBytes -= bytes?.length ?? 0;
    if (bytes) this.write(bytes);
    else if (this.sink.writable) this.sink.end();
  }

  /** Bytes for a peer that has left are dropped. */
  private write(bytes: Buffer): boolean {
    return !this.sink.writable || this.sink.write(bytes);
  }
}
