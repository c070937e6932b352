// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

export const DeadLetterDiscardedV1 = {
  "type": "record",
  "name": "DeadLetterDiscarded",
  "namespace": "atelier.deadletters",
  "doc": "A dead letter was given up for good.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "operator",
      "type": "string",
      "doc": "Who asked for it."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "Why, in the operator's words."
    },
    {
      "name": "group",
      "type": "string",
      "doc": "Consumer group whose handler failed."
    },
    {
      "name": "topic",
      "type": "string",
      "doc": "Topic of the original record."
    },
    {
      "name": "partition",
      "type": "int",
      "doc": "Partition of the original record, and of all its copies."
    },
    {
      "name": "offset",
      "type": "long",
      "doc": "Offset of the original record."
    },
    {
      "name": "key",
      "type": [
        "null",
        "string"
      ],
      "doc": "The record's key as text, or in hexadecimal digits where it is not UTF-8; null without a key.",
      "default": null
    },
    {
      "name": "failedAt",
      "type": "long",
      "doc": "When it failed last, in milliseconds since 1970 UTC."
    }
  ]
} as const;

export const DeadLetterReportedV1 = {
  "type": "record",
  "name": "DeadLetterReported",
  "namespace": "atelier.deadletters",
  "doc": "A record was given up for the first time.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "group",
      "type": "string",
      "doc": "Consumer group whose handler failed."
    },
    {
      "name": "topic",
      "type": "string",
      "doc": "Topic of the original record."
    },
    {
      "name": "partition",
      "type": "int",
      "doc": "Partition of the original record, and of all its copies."
    },
    {
      "name": "offset",
      "type": "long",
      "doc": "Offset of the original record."
    },
    {
      "name": "key",
      "type": [
        "null",
        "string"
      ],
      "doc": "The record's key as text, or in hexadecimal digits where it is not UTF-8; null without a key.",
      "default": null
    },
    {
      "name": "messageType",
      "type": [
        "null",
        "string"
      ],
      "doc": "Type of the message, from ce_type; null without that header.",
      "default": null
    },
    {
      "name": "messageId",
      "type": [
        "null",
        "string"
      ],
      "doc": "Id of the message, from ce_id; null without that header.",
      "default": null
    },
    {
      "name": "handler",
      "type": "string",
      "doc": "Name of the handler that failed."
    },
    {
      "name": "attempts",
      "type": "int",
      "doc": "How often it was tried before it was given up, at least 1."
    },
    {
      "name": "redrives",
      "type": "int",
      "doc": "How often it was redriven before this failure; 0 at the first."
    },
    {
      "name": "errorClass",
      "type": "string",
      "doc": "Class of the error of this failure."
    },
    {
      "name": "errorMessage",
      "type": "string",
      "doc": "Message of the error of this failure."
    },
    {
      "name": "firstErrorClass",
      "type": "string",
      "doc": "Class of the error of the very first attempt."
    },
    {
      "name": "firstErrorMessage",
      "type": "string",
      "doc": "Message of the error of the very first attempt."
    },
    {
      "name": "failedAt",
      "type": "long",
      "doc": "When this failure was given up, in milliseconds since 1970 UTC."
    },
    {
      "name": "firstFailedAt",
      "type": "long",
      "doc": "When the very first attempt failed, in milliseconds since 1970 UTC."
    },
    {
      "name": "service",
      "type": "string",
      "doc": "Service that the handler runs in."
    },
    {
      "name": "version",
      "type": "string",
      "doc": "Version of that service."
    },
    {
      "name": "traceparent",
      "type": [
        "null",
        "string"
      ],
      "doc": "W3C trace context of the record; null without one.",
      "default": null
    }
  ]
} as const;

export const DeadLetterRestoredV1 = {
  "type": "record",
  "name": "DeadLetterRestored",
  "namespace": "atelier.deadletters",
  "doc": "A discarded dead letter is again what it was before.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "operator",
      "type": "string",
      "doc": "Who asked for it."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "Why, in the operator's words."
    }
  ]
} as const;

export const DiscardRefusedV1 = {
  "type": "record",
  "name": "DiscardRefused",
  "namespace": "atelier.deadletters",
  "doc": "A dead letter was not discarded.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "operator",
      "type": "string",
      "doc": "Who asked for it."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "Why, in the operator's words."
    },
    {
      "name": "refusal",
      "type": "string",
      "doc": "unknown, under-way, handled, discarded or idempotency-key-reused."
    }
  ]
} as const;

export const RecordingIgnoredV1 = {
  "type": "record",
  "name": "RecordingIgnored",
  "namespace": "atelier.deadletters",
  "doc": "It was recorded late or again that a redrive was sent, not sent, or handled.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "redrive",
      "type": "int",
      "doc": "Which redrive of the dead letter it is: 1, 2, ..."
    },
    {
      "name": "recording",
      "type": "string",
      "doc": "sent, not-sent or handled."
    }
  ]
} as const;

export const RedriveFailedV1 = {
  "type": "record",
  "name": "RedriveFailed",
  "namespace": "atelier.deadletters",
  "doc": "The redriven record was given up again.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "group",
      "type": "string",
      "doc": "Consumer group whose handler failed."
    },
    {
      "name": "topic",
      "type": "string",
      "doc": "Topic of the original record."
    },
    {
      "name": "partition",
      "type": "int",
      "doc": "Partition of the original record, and of all its copies."
    },
    {
      "name": "offset",
      "type": "long",
      "doc": "Offset of the original record."
    },
    {
      "name": "key",
      "type": [
        "null",
        "string"
      ],
      "doc": "The record's key as text, or in hexadecimal digits where it is not UTF-8; null without a key.",
      "default": null
    },
    {
      "name": "messageType",
      "type": [
        "null",
        "string"
      ],
      "doc": "Type of the message, from ce_type; null without that header.",
      "default": null
    },
    {
      "name": "messageId",
      "type": [
        "null",
        "string"
      ],
      "doc": "Id of the message, from ce_id; null without that header.",
      "default": null
    },
    {
      "name": "handler",
      "type": "string",
      "doc": "Name of the handler that failed."
    },
    {
      "name": "attempts",
      "type": "int",
      "doc": "How often it was tried before it was given up, at least 1."
    },
    {
      "name": "redrives",
      "type": "int",
      "doc": "How often it was redriven before this failure; 0 at the first."
    },
    {
      "name": "errorClass",
      "type": "string",
      "doc": "Class of the error of this failure."
    },
    {
      "name": "errorMessage",
      "type": "string",
      "doc": "Message of the error of this failure."
    },
    {
      "name": "firstErrorClass",
      "type": "string",
      "doc": "Class of the error of the very first attempt."
    },
    {
      "name": "firstErrorMessage",
      "type": "string",
      "doc": "Message of the error of the very first attempt."
    },
    {
      "name": "failedAt",
      "type": "long",
      "doc": "When this failure was given up, in milliseconds since 1970 UTC."
    },
    {
      "name": "firstFailedAt",
      "type": "long",
      "doc": "When the very first attempt failed, in milliseconds since 1970 UTC."
    },
    {
      "name": "service",
      "type": "string",
      "doc": "Service that the handler runs in."
    },
    {
      "name": "version",
      "type": "string",
      "doc": "Version of that service."
    },
    {
      "name": "traceparent",
      "type": [
        "null",
        "string"
      ],
      "doc": "W3C trace context of the record; null without one.",
      "default": null
    },
    {
      "name": "redrive",
      "type": "int",
      "doc": "Which redrive of the dead letter it is: 1, 2, ..."
    },
    {
      "name": "jobId",
      "type": [
        "null",
        "string"
      ],
      "doc": "UUID of the redrive job that asked for it; null for a redrive on its own.",
      "default": null
    },
    {
      "name": "canary",
      "type": "boolean",
      "doc": "Whether it is the first of its job, whose outcome decides about the rest."
    },
    {
      "name": "parked",
      "type": "boolean",
      "doc": "Whether its redrives are used up, so that another one needs force."
    }
  ]
} as const;

export const RedriveHandledV1 = {
  "type": "record",
  "name": "RedriveHandled",
  "namespace": "atelier.deadletters",
  "doc": "The group handled the redriven record.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "redrive",
      "type": "int",
      "doc": "Which redrive of the dead letter it is: 1, 2, ..."
    },
    {
      "name": "jobId",
      "type": [
        "null",
        "string"
      ],
      "doc": "UUID of the redrive job that asked for it; null for a redrive on its own.",
      "default": null
    },
    {
      "name": "canary",
      "type": "boolean",
      "doc": "Whether it is the first of its job, whose outcome decides about the rest."
    }
  ]
} as const;

export const RedriveNotSentV1 = {
  "type": "record",
  "name": "RedriveNotSent",
  "namespace": "atelier.deadletters",
  "doc": "A redrive ended before anything was given back: the dead letter waits as it did before.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "redrive",
      "type": "int",
      "doc": "Which redrive of the dead letter it was: 1, 2, ..."
    },
    {
      "name": "refusal",
      "type": "string",
      "doc": "record-missing: the dead letter is not on its topic; unknown-group: the catalogue does not have its group; too-large: its copy is larger than what the topic takes."
    },
    {
      "name": "parked",
      "type": "boolean",
      "doc": "Whether it needs force to be redriven again."
    },
    {
      "name": "jobId",
      "type": [
        "null",
        "string"
      ],
      "doc": "UUID of the redrive job that asked for it; null for a redrive on its own.",
      "default": null
    },
    {
      "name": "canary",
      "type": "boolean",
      "doc": "Whether it is the first of its job, whose outcome decides about the rest."
    }
  ]
} as const;

export const RedriveRefusedV1 = {
  "type": "record",
  "name": "RedriveRefused",
  "namespace": "atelier.deadletters",
  "doc": "A dead letter is not redriven.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "operator",
      "type": "string",
      "doc": "Who asked for it."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "Why, in the operator's words."
    },
    {
      "name": "refusal",
      "type": "string",
      "doc": "unknown, under-way, handled or discarded; limit or too-old where only force is missing; or idempotency-key-reused."
    },
    {
      "name": "jobId",
      "type": [
        "null",
        "string"
      ],
      "doc": "UUID of the redrive job that asked for it; null for a redrive on its own.",
      "default": null
    },
    {
      "name": "canary",
      "type": "boolean",
      "doc": "Whether it is the first of its job, whose outcome decides about the rest."
    }
  ]
} as const;

export const RedriveRequestedV1 = {
  "type": "record",
  "name": "RedriveRequested",
  "namespace": "atelier.deadletters",
  "doc": "A dead letter is to be given back to its group; it is not sent yet.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "redrive",
      "type": "int",
      "doc": "Which redrive of the dead letter it is: 1, 2, ..."
    },
    {
      "name": "operator",
      "type": "string",
      "doc": "Who asked for it."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "Why, in the operator's words."
    },
    {
      "name": "force",
      "type": "boolean",
      "doc": "Whether to pass over the limits of count and age."
    },
    {
      "name": "value",
      "type": [
        "null",
        "bytes"
      ],
      "doc": "The edited value, encoded as the topic's values are; null for the value as it was.",
      "default": null
    },
    {
      "name": "difference",
      "type": [
        "null",
        "string"
      ],
      "doc": "What the edit changed, as JSON; null without an edit.",
      "default": null
    },
    {
      "name": "jobId",
      "type": [
        "null",
        "string"
      ],
      "doc": "UUID of the redrive job that asked for it; null for a redrive on its own.",
      "default": null
    },
    {
      "name": "canary",
      "type": "boolean",
      "doc": "Whether it is the first of its job, whose outcome decides about the rest."
    },
    {
      "name": "group",
      "type": "string",
      "doc": "Consumer group whose handler failed."
    },
    {
      "name": "topic",
      "type": "string",
      "doc": "Topic of the original record."
    },
    {
      "name": "partition",
      "type": "int",
      "doc": "Partition of the original record, and of all its copies."
    },
    {
      "name": "offset",
      "type": "long",
      "doc": "Offset of the original record."
    },
    {
      "name": "failedAt",
      "type": "long",
      "doc": "When the failure that is redriven was given up, in milliseconds since 1970 UTC."
    }
  ]
} as const;

export const RedriveSentV1 = {
  "type": "record",
  "name": "RedriveSent",
  "namespace": "atelier.deadletters",
  "doc": "The copy for a redrive was written; that says nothing about its handling.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "redrive",
      "type": "int",
      "doc": "Which redrive of the dead letter it is: 1, 2, ..."
    },
    {
      "name": "jobId",
      "type": [
        "null",
        "string"
      ],
      "doc": "UUID of the redrive job that asked for it; null for a redrive on its own.",
      "default": null
    }
  ]
} as const;

export const ReportIgnoredV1 = {
  "type": "record",
  "name": "ReportIgnored",
  "namespace": "atelier.deadletters",
  "doc": "A report told nothing new.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "redrives",
      "type": "int",
      "doc": "How often the record was redriven before, as the report has it."
    }
  ]
} as const;

export const RestoreRefusedV1 = {
  "type": "record",
  "name": "RestoreRefused",
  "namespace": "atelier.deadletters",
  "doc": "A dead letter was not restored.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "operator",
      "type": "string",
      "doc": "Who asked for it."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "Why, in the operator's words."
    },
    {
      "name": "refusal",
      "type": "string",
      "doc": "unknown, not-discarded or idempotency-key-reused."
    }
  ]
} as const;
