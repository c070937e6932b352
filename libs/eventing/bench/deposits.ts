import { contract, decider, type Message, messageType } from '../src/domain/index.ts';

type Deposit = Message<'Deposit', { account: string; amount: bigint; reference: string }>;
type Deposited = Message<
  'Deposited',
  { account: string; amount: bigint; balance: bigint; reference: string }
>;

const COMMANDS = 'deposits.commands';

const fields = (...longs: string[]) => [
  { name: 'account', type: 'string' },
  ...longs.map((name) => ({ name, type: 'long' })),
  { name: 'reference', type: 'string' },
];

const type = <M extends Message>(type: M['type'], topic: string, ...longs: string[]) =>
  messageType<M>({
    type,
    topic,
    key: 'account',
    versions: [{ type: 'record', name: type, namespace: 'bench', fields: fields(...longs) }],
  });

export const Deposit = type<Deposit>('Deposit', COMMANDS, 'amount');
const commands = contract(COMMANDS, { Deposit });

/** Accounts into which money is paid: what a decider has to do at least. One of each name has events of its own. */
export function accounts(name: string) {
  const topic = `${name}.events`;
  const Deposited = type<Deposited>('Deposited', topic, 'amount', 'balance');
  return decider<{ balance: bigint }>()({
    group: `${name}.decider`,
    version: 1,
    commands,
    events: contract(topic, { Deposited }),
    initial: { balance: 0n },
    decide: {
      Deposit: ({ data }, { balance }) => Deposited({ ...data, balance: balance + data.amount }),
    },
    evolve: { Deposited: (_, { data: { balance } }) => ({ balance }) },
  });
}
