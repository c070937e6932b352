import type { ClusterMetadata } from '../wire/metadata.ts';

/**
 * The brokers of a cluster as they were told last, and in which order those are asked of which any would do: each in its turn.
 * One that is cut off from the controllers goes on answering, and tells what was true then; who asked it once asks another next.
 */
export class KnownBrokers {
  private readonly bootstrap: readonly string[];
  private addresses = new Map<number, string>();
  private lastAnswered: string | undefined;
  private readonly silent = new Set<string>();

  constructor(bootstrap: readonly string[]) {
    this.bootstrap = bootstrap;
  }

  address(id: number): string | undefined {
    return this.addresses.get(id);
  }

  get all(): readonly string[] {
    return [...this.addresses.values()];
  }

  /** Who was told of before and is not any more is gone. A broker that is fenced knows of nobody, and says nothing with it. */
  told(nodes: ClusterMetadata['nodes']): void {
    if (nodes.length === 0) return;
    this.addresses = new Map(nodes.map((node) => [node.id, addressOf(node)]));
    const known = new Set([...this.all, ...this.bootstrap]);
    for (const address of this.silent) if (!known.has(address)) this.silent.delete(address);
  }

  /** A coordinator that nobody has told of yet. */
  add(id: number, address: string): void {
    this.addresses.set(id, address);
  }

  /** Begins behind the one that has answered last; those that did not answer come last. */
  inTurn(): string[] {
    const known = [...new Set([...this.addresses.values(), ...this.bootstrap])];
    const next = this.lastAnswered === undefined ? 0 : known.indexOf(this.lastAnswered) + 1;
    const turned = [...known.slice(next), ...known.slice(0, next)];
    return [
      ...turned.filter((address) => !this.silent.has(address)),
      ...turned.filter((address) => this.silent.has(address)),
    ];
  }

  answered(address: string): void {
    this.lastAnswered = address;
    this.silent.delete(address);
  }

  /** Until it answers it comes last: it may be paused. */
  asked(address: string): void {
    this.silent.add(address);
  }
}

export const addressOf = ({ host, port }: { readonly host: string; readonly port: number }) =>
  `${host}:${port}`;
