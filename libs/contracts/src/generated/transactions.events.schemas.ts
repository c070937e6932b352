// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

export const HangingTransactionFoundV1 = {
  "type": "record",
  "name": "HangingTransactionFound",
  "namespace": "atelier.transactions",
  "doc": "A partition has a transaction open which no coordinator will end; again where more is known of it.",
  "fields": [
    {
      "name": "transaction",
      "type": "string",
      "doc": "Where it is open: <topic>-<partition>/<producerId>."
    },
    {
      "name": "topic",
      "type": "string",
      "doc": "Topic of the partition that has it open."
    },
    {
      "name": "partition",
      "type": "int",
      "doc": "The partition that has it open."
    },
    {
      "name": "producerId",
      "type": "long",
      "doc": "Id of its producer."
    },
    {
      "name": "producerEpoch",
      "type": "int",
      "doc": "The producer's epoch."
    },
    {
      "name": "startOffset",
      "type": "long",
      "doc": "Offset of its first record in the partition."
    },
    {
      "name": "transactionalId",
      "type": [
        "null",
        "string"
      ],
      "doc": "Where coordinators know who the producer is; else null.",
      "default": null
    },
    {
      "name": "since",
      "type": "long",
      "doc": "Time of its first record in the partition, in milliseconds since 1970 UTC."
    },
    {
      "name": "waiting",
      "type": "long",
      "doc": "Records that it hides when it is found, from its first one to the end of the partition."
    },
    {
      "name": "verdict",
      "type": "string",
      "doc": "proven-commit, proven-abort, unproven or foreign."
    },
    {
      "name": "known",
      "type": "string",
      "doc": "The proof, or what is known."
    }
  ]
} as const;

export const TransactionEndRefusedV1 = {
  "type": "record",
  "name": "TransactionEndRefused",
  "namespace": "atelier.transactions",
  "doc": "A transaction is not ended.",
  "fields": [
    {
      "name": "transaction",
      "type": "string",
      "doc": "Where it is open: <topic>-<partition>/<producerId>."
    },
    {
      "name": "outcome",
      "type": "string",
      "doc": "commit or abort."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "Why, in the operator's words."
    },
    {
      "name": "operator",
      "type": "string",
      "doc": "Who asked for it."
    },
    {
      "name": "refusal",
      "type": "string",
      "doc": "ended, other-outcome-requested, unknown-outcome or idempotency-key-reused."
    }
  ]
} as const;

export const TransactionEndRequestIgnoredV1 = {
  "type": "record",
  "name": "TransactionEndRequestIgnored",
  "namespace": "atelier.transactions",
  "doc": "The same end was requested before, and is under way.",
  "fields": [
    {
      "name": "transaction",
      "type": "string",
      "doc": "Where it is open: <topic>-<partition>/<producerId>."
    },
    {
      "name": "outcome",
      "type": "string",
      "doc": "commit or abort."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "Why, in the operator's words."
    },
    {
      "name": "operator",
      "type": "string",
      "doc": "Who asked for it."
    },
    {
      "name": "request",
      "type": "int",
      "doc": "Which request of operators it is about this transaction: 1, 2, ..."
    }
  ]
} as const;

export const TransactionEndRequestedV1 = {
  "type": "record",
  "name": "TransactionEndRequested",
  "namespace": "atelier.transactions",
  "doc": "An operator has decided how a transaction is to end.",
  "fields": [
    {
      "name": "transaction",
      "type": "string",
      "doc": "Where it is open: <topic>-<partition>/<producerId>."
    },
    {
      "name": "topic",
      "type": "string",
      "doc": "Topic of the partition that has it open."
    },
    {
      "name": "partition",
      "type": "int",
      "doc": "The partition that has it open."
    },
    {
      "name": "producerId",
      "type": "long",
      "doc": "Id of its producer."
    },
    {
      "name": "startOffset",
      "type": [
        "null",
        "long"
      ],
      "doc": "Only the transaction that begins here is to be ended; null where it was never found: whichever is open.",
      "default": null
    },
    {
      "name": "outcome",
      "type": "string",
      "doc": "commit or abort."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "Why, in the operator's words."
    },
    {
      "name": "operator",
      "type": "string",
      "doc": "Who asked for it."
    },
    {
      "name": "request",
      "type": "int",
      "doc": "Which request of operators it is about this transaction: 1, 2, ..."
    }
  ]
} as const;

export const TransactionEndedV1 = {
  "type": "record",
  "name": "TransactionEnded",
  "namespace": "atelier.transactions",
  "doc": "The marker that was missing is written: what was hidden behind the transaction can be read.",
  "fields": [
    {
      "name": "transaction",
      "type": "string",
      "doc": "Where it is open: <topic>-<partition>/<producerId>."
    },
    {
      "name": "topic",
      "type": "string",
      "doc": "Topic of the partition that has it open."
    },
    {
      "name": "partition",
      "type": "int",
      "doc": "The partition that has it open."
    },
    {
      "name": "producerId",
      "type": "long",
      "doc": "Id of its producer."
    },
    {
      "name": "producerEpoch",
      "type": "int",
      "doc": "The producer's epoch."
    },
    {
      "name": "startOffset",
      "type": "long",
      "doc": "Offset of its first record in the partition."
    },
    {
      "name": "outcome",
      "type": "string",
      "doc": "commit or abort."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "The proof, or why, in the operator's words."
    },
    {
      "name": "by",
      "type": "string",
      "doc": "The operator who asked for it, or transactions.watch where there is proof."
    },
    {
      "name": "request",
      "type": [
        "null",
        "int"
      ],
      "doc": "The operators' request that this answers: 1, 2, ...; null where none was needed, as there is proof.",
      "default": null
    }
  ]
} as const;

export const TransactionNotEndedV1 = {
  "type": "record",
  "name": "TransactionNotEnded",
  "namespace": "atelier.transactions",
  "doc": "No marker was written.",
  "fields": [
    {
      "name": "transaction",
      "type": "string",
      "doc": "Where it is open: <topic>-<partition>/<producerId>."
    },
    {
      "name": "topic",
      "type": "string",
      "doc": "Topic of the partition that has it open."
    },
    {
      "name": "partition",
      "type": "int",
      "doc": "The partition that has it open."
    },
    {
      "name": "producerId",
      "type": "long",
      "doc": "Id of its producer."
    },
    {
      "name": "startOffset",
      "type": [
        "null",
        "long"
      ],
      "doc": "Offset of its first record in the partition; null where it was never found.",
      "default": null
    },
    {
      "name": "outcome",
      "type": "string",
      "doc": "commit or abort."
    },
    {
      "name": "result",
      "type": "string",
      "doc": "gone: the partition does not have it open any more. refused: nothing was written."
    },
    {
      "name": "why",
      "type": "string",
      "doc": "The same in a sentence."
    },
    {
      "name": "by",
      "type": "string",
      "doc": "The operator who asked for it, or transactions.watch where there is proof."
    },
    {
      "name": "request",
      "type": [
        "null",
        "int"
      ],
      "doc": "The operators' request that this answers: 1, 2, ...; null where none was needed, as there is proof.",
      "default": null
    }
  ]
} as const;

export const TransactionRecordingIgnoredV1 = {
  "type": "record",
  "name": "TransactionRecordingIgnored",
  "namespace": "atelier.transactions",
  "doc": "It was recorded late or again how an attempt to end a transaction went.",
  "fields": [
    {
      "name": "transaction",
      "type": "string",
      "doc": "Where it is open: <topic>-<partition>/<producerId>."
    },
    {
      "name": "startOffset",
      "type": [
        "null",
        "long"
      ],
      "doc": "As the recording has it.",
      "default": null
    },
    {
      "name": "request",
      "type": [
        "null",
        "int"
      ],
      "doc": "The operators' request that this answers: 1, 2, ...; null where none was needed, as there is proof.",
      "default": null
    },
    {
      "name": "recording",
      "type": "string",
      "doc": "ended or not-ended."
    }
  ]
} as const;

export const TransactionReportIgnoredV1 = {
  "type": "record",
  "name": "TransactionReportIgnored",
  "namespace": "atelier.transactions",
  "doc": "A report told nothing new.",
  "fields": [
    {
      "name": "transaction",
      "type": "string",
      "doc": "Where it is open: <topic>-<partition>/<producerId>."
    },
    {
      "name": "startOffset",
      "type": "long",
      "doc": "As the report has it."
    },
    {
      "name": "verdict",
      "type": "string",
      "doc": "As the report has it."
    }
  ]
} as const;
