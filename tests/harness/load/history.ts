import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';

/** What happened in a run, one JSON line for each thing, with the milliseconds since its start. */
export class History {
  readonly file: string;
  private readonly stream: WriteStream;
  private readonly began = performance.now();

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.file = file;
    this.stream = createWriteStream(file);
  }

  write(what: string, facts: object = {}): void {
    const ms = Math.round(performance.now() - this.began);
    this.stream.write(`${JSON.stringify({ ms, what, ...facts })}\n`);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.stream.end(resolve));
  }
}
