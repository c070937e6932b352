/** One line that is written anew every second where there is a terminal, and now and then where there is none. */
export class ProgressLine {
  title = 'starting';
  private readonly began = Date.now();
  private readonly terminal = process.stdout.isTTY;
  private timer: NodeJS.Timeout | undefined;

  watch(facts: () => string): void {
    const show = () => {
      const text = `[${this.seconds()} s] ${this.title}: ${facts()}`;
      process.stdout.write(this.terminal ? `\r\x1b[K${text}` : `${text}\n`);
    };
    this.pause();
    this.timer = setInterval(show, this.terminal ? 1_000 : 15_000);
  }

  say(text: string): void {
    process.stdout.write(`${this.terminal ? '\r\x1b[K' : ''}[${this.seconds()} s] ${text}\n`);
  }

  /** Until somebody watches again. */
  pause(): void {
    clearInterval(this.timer);
  }

  end(): void {
    this.pause();
    if (this.terminal) process.stdout.write('\n');
  }

  private seconds(): string {
    return ((Date.now() - this.began) / 1_000).toFixed(0);
  }
}
