import { setTimeout as sleep } from 'node:timers/promises';
import { Standstill } from '@atelier/local-stack';

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Somebody who looks after dead letters, and asks again, under the same key, while nobody answers. */
export class Operator {
  private readonly gateway: string;
  private readonly name: string;

  constructor(gateway: string, name: string) {
    this.gateway = gateway;
    this.name = name;
  }

  async get<Body>(path: string): Promise<Body> {
    const { status, body } = await this.ask(path, { method: 'GET' });
    if (status !== 200) throw new Error(`GET ${path} was answered ${status}: ${JSON.stringify(body)}`);
    return body as Body;
  }

  post(path: string, key: string, body: object): Promise<Answer> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    return this.ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  private async ask(path: string, { headers, ...request }: RequestInit): Promise<Answer> {
    for (const standstill = new Standstill(); ; await sleep(250)) {
      const answer = await this.once(path, { ...request, headers: { ...headers, 'x-operator': this.name } });
      if (answer.status !== 0 && answer.status !== 503) return answer;
      standstill.look();
      if (standstill.verdict)
        throw new Error(`${path} was not answered: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
  }

  private async once(path: string, request: RequestInit): Promise<Answer> {
    try {
      const signal = AbortSignal.timeout(15_000);
      const answer = await fetch(`${this.gateway}${path}`, { ...request, signal });
      return { status: answer.status, body: (await answer.json()) as Answer['body'] };
    } catch (error) {
      return { status: 0, body: { error: String(error) } };
    }
  }
}
