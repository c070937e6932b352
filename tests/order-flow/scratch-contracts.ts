import { catalogue, contracts, groups } from '@atelier/contracts';
import {
  type AnyDecider,
  type Catalogue,
  type Contract,
  contract,
  type GroupSpec,
  messageType,
  withSideTopics,
} from '@atelier/eventing/domain';

/** A part of the platform's contracts and catalogue under other names, for a broker that others use as well. */
export class ScratchContracts {
  readonly contracts: readonly Contract[];
  readonly catalogue: Catalogue;
  private readonly prefix: string;

  constructor(
    prefix: string,
    own: { readonly topics: readonly string[]; readonly groups: readonly string[] },
  ) {
    this.prefix = prefix;
    this.contracts = contracts.filter(({ topic }) => own.topics.includes(topic)).map(this.renamed);
    const topics = catalogue.topics.filter(({ name }) => own.topics.includes(name));
    const specs = groups.filter(({ group }) => own.groups.includes(group));
    this.catalogue = withSideTopics(
      topics.map((topic) => ({ ...topic, name: this.name(topic.name) })),
      specs.map((spec) => ({ ...spec, group: this.name(spec.group), topics: spec.topics.map(this.name) })),
    );
  }

  /** What a topic or a group of the platform is called here. */
  readonly name = (own: string) => `${this.prefix}.${own}`;

  /** A group of the platform, as it is here. */
  group(own: string): GroupSpec {
    const spec = this.catalogue.groups.find(({ group }) => group === this.name(own));
    if (!spec) throw new Error(`${own} is not in this part of the platform`);
    return spec;
  }

  decider(rules: AnyDecider): AnyDecider {
    const { group, commands, events } = rules;
    return {
      ...rules,
      group: this.name(group),
      commands: this.renamed(commands),
      events: this.renamed(events),
    };
  }

  private readonly renamed = ({ topic, types }: Contract): Contract => {
    const name = this.name(topic);
    const renamed = Object.entries(types).map(([known, { type, key, versions }]) => {
      return [known, messageType({ type, key, versions, topic: name })] as const;
    });
    return contract(name, Object.fromEntries(renamed));
  };
}
