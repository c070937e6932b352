// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

export const EndTransactionV1 = {
  "type": "record",
  "name": "EndTransaction",
  "namespace": "atelier.transactions",
  "doc": "End the transaction that a producer has open in a partition.",
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
    }
  ]
} as const;

export const EndTransactionV2 = {
  "type": "record",
  "name": "EndTransaction",
  "namespace": "atelier.transactions",
  "doc": "End the transaction that a producer has open in a partition.",
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
      "doc": "Only the transaction that begins here is to be ended; null: the one that is known there, or whichever is open.",
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
    }
  ]
} as const;

export const RecordTransactionEndedV1 = {
  "type": "record",
  "name": "RecordTransactionEnded",
  "namespace": "atelier.transactions",
  "doc": "Record that the marker which was missing is written.",
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

export const RecordTransactionNotEndedV1 = {
  "type": "record",
  "name": "RecordTransactionNotEnded",
  "namespace": "atelier.transactions",
  "doc": "Record that no marker was written.",
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

export const ReportHangingTransactionV1 = {
  "type": "record",
  "name": "ReportHangingTransaction",
  "namespace": "atelier.transactions",
  "doc": "Report that a partition has a transaction open which no coordinator will end.",
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
