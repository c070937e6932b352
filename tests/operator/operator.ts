import { randomUUID } from 'node:crypto';
import type { Answer } from '../harness/http.ts';
import { eventually } from '../harness/running-platform.ts';
import type { BreakablePlatform } from '../harness/breakable-platform.ts';

type Body = Answer['body'];

/** Whoever looks after the dead letters of a platform that runs, over the gateway's routes alone. */
export class Operator {
  private readonly platform: BreakablePlatform;

  constructor(platform: BreakablePlatform) {
    this.platform = platform;
  }

  /** The first page of what this query selects. */
  async list(query: string): Promise<Body[]> {
    return (await this.platform.get(`/v1/dead-letters?${query}`)).body.items;
  }

  async pages(query: string): Promise<Body[][]> {
    const pages: Body[][] = [];
    for (let cursor = ''; ;) {
      const { items, next } = (await this.platform.get(`/v1/dead-letters?${query}${cursor}`)).body;
      pages.push(items);
      if (next === null) return pages;
      cursor = `&cursor=${encodeURIComponent(next)}`;
    }
  }

  /** Waits for the dead letter of this group and key; answers its id. */
  async find(group: string, key: string): Promise<string> {
    const ofKey = async () => (await this.list(`group=${group}&limit=100`)).find((each) => each.key === key);
    return (await eventually(ofKey, (letter) => letter !== undefined)).deadLetterId;
  }

  async details(id: string): Promise<Body> {
    return (await this.platform.get(`/v1/dead-letters/${id}`)).body;
  }

  /** Asks again, under the same key, until it is decided. */
  decide(id: string, what: 'redrive' | 'discard' | 'restore', body: object = {}): Promise<Answer> {
    return this.insist(`/v1/dead-letters/${id}/${what}`, { reason: 'the specs say so', ...body });
  }

  /** Redrives it, and waits until its group has handled it. Throws when it is refused. */
  async heal(id: string, body: object = {}): Promise<Body> {
    const answer = await this.decide(id, 'redrive', body);
    if (answer.status !== 202) throw new Error(`It is not redriven: ${JSON.stringify(answer.body)}`);
    return this.becomes(id, 'handled');
  }

  becomes(id: string, status: string): Promise<Body> {
    return eventually(
      () => this.details(id),
      (letter) => letter.status === status,
    );
  }

  /** Answers where the job is to be seen. */
  async startJob(body: object): Promise<string> {
    const answer = await this.insist('/v1/dead-letters/redrive', { reason: 'fixed', ...body });
    if (answer.status !== 202) throw new Error(`No job was started: ${JSON.stringify(answer.body)}`);
    return answer.headers.get('Location') ?? '';
  }

  cancel(location: string): Promise<Answer> {
    return this.insist(`${location}/cancel`, { reason: 'enough' });
  }

  async job(location: string): Promise<Body> {
    return (await this.platform.get(location)).body;
  }

  /** Its status and its counts come from different topics, one before the other. */
  jobBecomes(location: string, status: string, counts: (counts: Body) => boolean): Promise<Body> {
    return eventually(
      () => this.job(location),
      (job) => job.status === status && counts(job.counts),
    );
  }

  private insist(path: string, body: object): Promise<Answer> {
    const key = { 'Idempotency-Key': randomUUID() };
    return eventually(
      () => this.platform.post(path, body, key),
      (answer) => answer.body.status !== 'accepted',
    );
  }
}
