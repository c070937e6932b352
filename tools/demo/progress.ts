const width = 30;

/** Shows how far something is, orders unless told otherwise: a bar on a terminal, a line for every tenth elsewhere. */
export class Progress {
  private done = 0;
  private readonly total: number;
  private readonly what: string;
  private readonly out: NodeJS.WriteStream;

  constructor(total: number, what = 'orders settled', out: NodeJS.WriteStream = process.stdout) {
    this.total = total;
    this.what = what;
    this.out = out;
  }

  advance(): void {
    this.done += 1;
    if (this.out.isTTY) this.draw();
    else if (this.done === this.total || this.done % Math.ceil(this.total / 10) === 0) {
      this.out.write(`${this.done} of ${this.total} ${this.what}\n`);
    }
  }

  private draw(): void {
    const filled = Math.round((this.done / this.total) * width);
    const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
    this.out.write(`\r${bar} ${this.done}/${this.total}${this.done === this.total ? '\n' : ''}`);
  }
}
