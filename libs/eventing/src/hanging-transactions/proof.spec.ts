import { describe, expect, it } from '@jest/globals';
import type { LoggedState, LoggedTransaction } from '../kafka/wire/transaction-log.ts';
import { provenByCoordinator } from './proof.ts';

const step = (producerEpoch: number, state: LoggedState, more: Partial<LoggedTransaction> = {}) => ({
  transactionalId: 'group.topic.0',
  producerId: 7n,
  previousProducerId: -1n,
  producerEpoch,
  state,
  version: 2,
  ...more,
});

describe('what the log of a coordinator proves about the transaction of epoch 4', () => {
  it('is the step that ends it, with the next epoch', () => {
    const log = [step(4, 'ongoing'), step(5, 'prepare-commit'), step(5, 'complete-commit')];
    expect(provenByCoordinator(log, 7n, 4)).toBe('commit');
  });

  it('is not that of the transaction before, or of the one behind it', () => {
    const before = [step(3, 'ongoing'), step(4, 'prepare-abort'), step(4, 'complete-abort')];
    const own = [
      step(4, 'ongoing'),
      step(4, 'ongoing'),
      step(5, 'prepare-commit'),
      step(5, 'complete-commit'),
    ];
    const behind = [step(5, 'ongoing'), step(6, 'prepare-abort')];
    expect(provenByCoordinator([...before, ...own, ...behind], 7n, 4)).toBe('commit');
  });

  it('is an abort, where the coordinator has fenced the producer: that takes two epochs', () => {
    const log = [step(4, 'ongoing'), step(6, 'prepare-abort'), step(6, 'complete-abort')];
    expect(provenByCoordinator(log, 7n, 4)).toBe('abort');
  });

  it('is what was completed, where a decision was written by too few replicas and another followed', () => {
    const unreplicated = [step(4, 'ongoing'), step(5, 'prepare-commit')];
    const log = [...unreplicated, step(5, 'prepare-abort'), step(5, 'complete-abort')];
    expect(provenByCoordinator(log, 7n, 4)).toBe('abort');
  });

  it('is there, although compaction has removed the begin', () => {
    expect(provenByCoordinator([step(5, 'complete-abort'), step(5, 'ongoing')], 7n, 4)).toBe('abort');
  });

  it('is there, although the epochs of the producer id were used up', () => {
    const last = 32_766;
    const next = { producerId: 8n, previousProducerId: 7n };
    const log = [step(last, 'ongoing'), step(32_767, 'prepare-commit'), step(0, 'complete-commit', next)];
    expect(provenByCoordinator(log, 7n, last)).toBe('commit');
    expect(provenByCoordinator([log[0], log[2]] as LoggedTransaction[], 7n, last)).toBe('commit');
  });

  it.each<[string, LoggedTransaction[]]>([
    ['nothing is there', []],
    ['it has not ended', [step(4, 'ongoing')]],
    ['how it ends was decided, and not completed', [step(4, 'ongoing'), step(5, 'prepare-commit')]],
    ['only the next one is there', [step(5, 'ongoing'), step(6, 'prepare-commit')]],
    ['another producer has that epoch', [step(5, 'complete-commit', { producerId: 9n })]],
    ['only an initialisation follows', [step(5, 'other')]],
    [
      'the client speaks version 1, where thousands share an epoch',
      [step(4, 'ongoing', { version: 1 }), step(4, 'prepare-commit', { version: 1 })],
    ],
  ])('is nothing where %s', (_, log) => {
    expect(provenByCoordinator(log, 7n, 4)).toBeUndefined();
  });
});
