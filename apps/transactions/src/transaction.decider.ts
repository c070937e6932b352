import {
  type EndTransaction,
  HangingTransactionFound,
  type RecordTransactionEnded,
  type RecordTransactionNotEnded,
  type ReportHangingTransaction,
  TransactionEnded,
  TransactionEndRefused,
  TransactionEndRequested,
  TransactionEndRequestIgnored,
  TransactionNotEnded,
  TransactionRecordingIgnored,
  TransactionReportIgnored,
  TransactionsCommands,
  TransactionsEvents,
} from '@atelier/contracts';
import { decider } from '@atelier/eventing/domain';
import { isOutcome } from './outcome.ts';
import { beginsAt, canEnd, canStay, factsOf, isNews, type Transaction } from './transaction.ts';

/** A hanging transaction is ended on proof, or as an operator has decided. An end that was requested is not yet written. */
export const transaction = decider<Transaction>()({
  group: 'transactions.decider',
  version: 1,
  commands: TransactionsCommands,
  events: TransactionsEvents,
  initial: { status: 'unknown', startOffset: null, verdict: null, requests: 0 },

  decide: {
    ReportHangingTransaction({ data }, state) {
      return isNews(state, data) ? HangingTransactionFound(data) : reportIgnored(data);
    },

    EndTransaction({ data }, state) {
      const { transaction, outcome, reason, operator } = data;
      if (!isOutcome(outcome)) return refused(data, 'unknown-outcome');
      const { requests } = state;
      const startOffset = data.startOffset ?? state.startOffset;
      // A producer may come to have another one open in the same place, of which nothing was said.
      const isKnown = beginsAt(state, startOffset);
      if (isKnown && state.status === 'ended') return refused(data, 'ended');
      if (!isKnown || state.status !== 'requested')
        return TransactionEndRequested({ ...data, startOffset, request: requests + 1 });
      if (state.outcome !== outcome) return refused(data, 'other-outcome-requested');
      return TransactionEndRequestIgnored({ transaction, outcome, reason, operator, request: requests });
    },

    RecordTransactionEnded({ data }, state) {
      return canEnd(state, data) ? TransactionEnded(data) : recordingIgnored(data, 'ended');
    },

    RecordTransactionNotEnded({ data }, state) {
      return canStay(state, data) ? TransactionNotEnded(data) : recordingIgnored(data, 'not-ended');
    },
  },

  evolve: {
    HangingTransactionFound(state, { data: { startOffset, verdict } }) {
      // What an operator has decided about this transaction is carried out, whatever else becomes known of it.
      if (state.status === 'requested' && beginsAt(state, startOffset))
        return { ...state, startOffset, verdict };
      return { ...factsOf(state), status: 'hanging', startOffset, verdict };
    },
    TransactionEndRequested: (state, { data: { startOffset, outcome, request } }) => ({
      startOffset,
      verdict: beginsAt(state, startOffset) ? state.verdict : null,
      status: 'requested',
      outcome,
      requests: request,
    }),
    TransactionEnded: (state, { data: { startOffset } }) => ({
      ...factsOf(state),
      status: 'ended',
      startOffset,
    }),
    TransactionNotEnded: (state) => ({ ...factsOf(state), status: 'not-ended' }),
    TransactionReportIgnored: (state) => state,
    TransactionEndRequestIgnored: (state) => state,
    TransactionEndRefused: (state) => state,
    TransactionRecordingIgnored: (state) => state,
  },

  refuseReusedKey({ type, data }) {
    switch (type) {
      case 'EndTransaction':
        return refused(data, 'idempotency-key-reused');
      case 'ReportHangingTransaction':
        return reportIgnored(data);
      case 'RecordTransactionEnded':
        return recordingIgnored(data, 'ended');
      case 'RecordTransactionNotEnded':
        return recordingIgnored(data, 'not-ended');
    }
  },
});

function refused({ transaction, outcome, reason, operator }: EndTransaction['data'], refusal: string) {
  return TransactionEndRefused({ transaction, outcome, reason, operator, refusal });
}

const reportIgnored = ({ transaction, startOffset, verdict }: ReportHangingTransaction['data']) =>
  TransactionReportIgnored({ transaction, startOffset, verdict });

function recordingIgnored(
  { transaction, startOffset, request }: (RecordTransactionEnded | RecordTransactionNotEnded)['data'],
  recording: 'ended' | 'not-ended',
) {
  return TransactionRecordingIgnored({ transaction, startOffset, request, recording });
}
